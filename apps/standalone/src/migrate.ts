import { loadSettings, platformSettings } from '@ao/config';
import { migrate } from '@ao/database';
import { StartupError } from '@ao/kernel';
import { environment } from './config.js';
import { services } from './services.js';

/** `npm run migrate`: brings every service's schema up to date, before traffic. Safe to run twice and by two at once. */
try {
  const { DATABASE_URL: url } = loadSettings(platformSettings, environment());
  if (!url) throw new StartupError('set DATABASE_URL; without it npm start migrates its embedded database by itself');
  for (const { name, migrationsDirectory: directory } of services) {
    if (!directory) continue;
    const applied = await migrate({ url, schema: name, directory });
    process.stdout.write(`${name}: ${applied.length > 0 ? `applied ${applied.join(', ')}` : 'up to date'}\n`);
  }
} catch (error) {
  process.stderr.write(
    `ai-orchestrator: cannot migrate: ${error instanceof StartupError ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}
