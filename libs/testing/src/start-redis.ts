import { testingConfig } from './config.js';
import { findProgram } from './find-program.js';
import { onPort, startRealServer, type RealServer } from './real-server.js';

export interface RedisOptions {
  /** To start again where a killed server was. */
  port?: number;
}

/** A real `redis-server` in memory, on the loopback interface. */
export async function startRedis(options: RedisOptions = {}): Promise<RealServer> {
  const program = findProgram('redis-server', testingConfig.redisServer(), 'AO_TEST_REDIS_SERVER');
  return onPort(options.port, (port) =>
    startRealServer({
      program,
      arguments: [
        '--bind',
        '127.0.0.1',
        '--port',
        String(port),
        '--save',
        '',
        '--appendonly',
        'no',
        '--maxmemory',
        '256mb',
      ],
      url: `redis://127.0.0.1:${port}`,
      port,
      readyLine: /Ready to accept connections/,
    }),
  );
}
