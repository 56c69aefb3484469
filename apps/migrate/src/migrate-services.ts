import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '@ao/database';

export interface MigratedService {
  /** Also the name of its schema. */
  service: string;
  /** Names of the migrations that were not there yet, in their order. */
  applied: string[];
}

/**
 * Brings the schema of every service up to date, one after the other.
 * @param folder Holds `<service>/migrations`; a service without them keeps nothing in PostgreSQL.
 * @throws StartupError when a migration fails; the services before it are done, those after it untouched
 */
export async function* migrateServices(url: string, folder: string): AsyncGenerator<MigratedService> {
  for (const service of await servicesIn(folder)) {
    const directory = join(folder, service, 'migrations');
    yield { service, applied: await migrate({ url, schema: service, directory }) };
  }
}

async function servicesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true });
  const services = found.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const contents = await Promise.all(services.map((service) => readdir(join(folder, service))));
  return services.filter((_, index) => contents[index]?.includes('migrations')).toSorted();
}
