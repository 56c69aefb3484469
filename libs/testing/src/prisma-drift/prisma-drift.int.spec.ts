import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder.js';
import { prismaDrift } from './prisma-drift.js';

jest.setTimeout(60_000);

const PRISMA = fileURLToPath(new URL('../../../../prisma/', import.meta.url));
const services = readdirSync(PRISMA).filter((name) => existsSync(path.join(PRISMA, name, 'schema.prisma')));

describe('schema.prisma and the migrations', () => {
  it.each(services)('[PF-006] agree for %s', async (service) => {
    const drift = await prismaDrift({
      schemaFile: path.join(PRISMA, service, 'schema.prisma'),
      migrationsDirectory: path.join(PRISMA, service, 'migrations'),
    });
    expect(drift).toEqual([]);
  });

  it('[PF-006] are found to differ in a column, its type, a default, an index and a foreign key', async () => {
    const folder = await temporaryFolder('drift');
    const schemaFile = path.join(folder.path, 'schema.prisma');
    await writeFile(
      schemaFile,
      `
datasource db {
  provider = "postgresql"
}

model Team {
  id    String @id
  users User[]
}

model User {
  id     String @id
  age    Int    @default(1)
  name   String
  teamId String
  team   Team   @relation(fields: [teamId], references: [id])

  @@index([name])
}
`,
    );
    await mkdir(path.join(folder.path, 'migrations', '0001_init'), { recursive: true });
    await writeFile(
      path.join(folder.path, 'migrations', '0001_init', 'migration.sql'),
      'CREATE TABLE "Team" (id text PRIMARY KEY); CREATE TABLE "User" (id text PRIMARY KEY, age bigint NOT NULL, "teamId" text NOT NULL, extra text, CHECK (age > 0));',
    );
    expect(await prismaDrift({ schemaFile, migrationsDirectory: path.join(folder.path, 'migrations') })).toEqual([
      'only in schema.prisma: User.age integer not null default 1',
      'only in schema.prisma: User.name text not null',
      'only in the migrations: User.age bigint not null',
      'only in the migrations: User.extra text',
      'only in schema.prisma: User FOREIGN KEY ("teamId") REFERENCES "Team"(id) ON UPDATE CASCADE ON DELETE RESTRICT',
      'only in schema.prisma: User index on (name)',
    ]);
    await folder.remove();
  });
});
