import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@ao/testing';
import { migrateServices, type MigratedService } from './migrate-services.js';

const folder = fileURLToPath(new URL('../../../prisma', import.meta.url));

describe('the migration job', () => {
  let database: TestDatabase;

  beforeEach(async () => void (database = await createTestDatabase()));
  afterEach(() => database.drop());

  async function run(): Promise<MigratedService[]> {
    const migrated: MigratedService[] = [];
    for await (const service of migrateServices(database.url, folder)) migrated.push(service);
    return migrated;
  }

  it('[PF-006] migrates every service that keeps something in PostgreSQL, and finds nothing to do the second time', async () => {
    const first = await run();
    expect(first.map(({ service }) => service)).toEqual([
      'agents',
      'governance',
      'identity',
      'metering',
      'notification',
      'routing',
      'wallet',
    ]);
    for (const { service, applied } of first) expect([service, applied.length > 0]).toEqual([service, true]);
    expect((await run()).flatMap(({ applied }) => applied)).toEqual([]);
  });

  it('[PF-006] applies each migration once when two run at once', async () => {
    const [one, other] = await Promise.all([run(), run()]);
    const applied = [...one, ...other].flatMap(({ service, applied: names }) =>
      names.map((name) => `${service}/${name}`),
    );
    expect(applied).toHaveLength(new Set(applied).size);
    expect((await run()).flatMap(({ applied: left }) => left)).toEqual([]);
  });
});
