import { testingConfig } from './config.js';
import { findProgram } from './find-program.js';
import { onPort, startRealServer, type RealServer } from './real-server.js';
import { temporaryFolder } from './temporary-folder.js';

export interface NatsOptions {
  /** Where JetStream keeps its files; a folder of its own, removed on `stop`, unless told. */
  jetstreamDirectory?: string;
  /** To start again where a killed server was. */
  port?: number;
}

/** A real `nats-server` with JetStream on the loopback interface. */
export async function startNats(options: NatsOptions = {}): Promise<RealServer> {
  const program = findProgram('nats-server', testingConfig.natsServer(), 'AO_TEST_NATS_SERVER');
  const own = options.jetstreamDirectory === undefined ? await temporaryFolder('nats') : undefined;
  const storage = options.jetstreamDirectory ?? own!.path;
  const server = await onPort(options.port, (port) =>
    startRealServer({
      program,
      arguments: ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', storage],
      url: `nats://127.0.0.1:${port}`,
      port,
      readyLine: /Server is ready/,
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
