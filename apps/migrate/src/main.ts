import { fileURLToPath } from 'node:url';
import { StartupError } from '@ao/kernel';
import { databaseUrl } from './config.js';
import { migrateServices } from './migrate-services.js';

const folder = fileURLToPath(new URL('../../../prisma', import.meta.url));

try {
  const url = databaseUrl();
  if (!url) throw new StartupError('set DATABASE_URL; without it npm start migrates its embedded database by itself');
  for await (const { service, applied } of migrateServices(url, folder)) {
    process.stdout.write(`${service}: ${applied.length > 0 ? `applied ${applied.join(', ')}` : 'up to date'}\n`);
  }
} catch (error) {
  process.stderr.write(
    `ai-orchestrator: cannot migrate: ${error instanceof StartupError ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}
