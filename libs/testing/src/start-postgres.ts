import { startEmbeddedPostgres } from '@ao/database';
import { guardProcess } from './guardian.js';
import { temporaryFolder } from './temporary-folder.js';

export interface TestPostgres {
  /** Of a database that the tests do not use themselves: see `createTestDatabase`. */
  url: string;
  stop(): Promise<void>;
}

/** A real PostgreSQL with a folder of its own. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await temporaryFolder('postgres');
  const server = await startEmbeddedPostgres({ dataDirectory: folder.path });
  const release = guardProcess(server.pid!);
  return {
    url: server.url,
    async stop() {
      await server.stop();
      release();
      await folder.remove();
    },
  };
}
