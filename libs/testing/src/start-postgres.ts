import { startEmbeddedPostgres } from '@ao/database';
import { guardProcess } from './guardian.js';
import { temporaryFolder } from './temporary-folder.js';
import { waitFor } from './wait-for.js';

export interface TestPostgres {
  /** Of a database that the tests do not use themselves: see `createTestDatabase`. */
  url: string;
  /** SIGKILL, as a power cut would: for fault tests. Resolves when it has started again by itself, on the same port. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const RESTART_TIMEOUT_MS = 30_000;

/** A real PostgreSQL with a folder of its own. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await temporaryFolder('postgres');
  const server = await startEmbeddedPostgres({ dataDirectory: folder.path });
  let release = guardProcess(server.pid!);
  return {
    url: server.url,
    async kill() {
      const killed = server.pid!;
      process.kill(killed, 'SIGKILL');
      await waitFor(() => server.pid !== undefined && server.pid !== killed, {
        timeoutMs: RESTART_TIMEOUT_MS,
        description: 'PostgreSQL to start again',
      });
      release();
      release = guardProcess(server.pid!);
    },
    async stop() {
      await server.stop();
      release();
      await folder.remove();
    },
  };
}
