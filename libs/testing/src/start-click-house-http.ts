import { fileURLToPath } from 'node:url';
import { onPort, startRealServer, type RealServer } from './real-server.js';
import { temporaryFolder } from './temporary-folder.js';

const PROGRAM = fileURLToPath(new URL('../clickhouse/front.mjs', import.meta.url));

export interface ClickHouseHttpOptions {
  /** Where the data is kept; a folder of its own, removed on `stop`, unless told. */
  dataDirectory?: string;
  /** To start again where a killed server was. */
  port?: number;
}

/** ClickHouse's HTTP interface in a process of its own, with the embedded engine behind it. */
export async function startClickHouseHttp(options: ClickHouseHttpOptions = {}): Promise<RealServer> {
  const own = options.dataDirectory === undefined ? await temporaryFolder('clickhouse') : undefined;
  const server = await onPort(options.port, (port) =>
    startRealServer({
      program: process.execPath,
      arguments: [PROGRAM, String(port), options.dataDirectory ?? own!.path],
      url: `http://127.0.0.1:${port}`,
      port,
      readyLine: /^listening$/m,
    }),
  );
  return {
    ...server,
    async stop() {
      await server.stop();
      await own?.remove();
    },
  };
}
