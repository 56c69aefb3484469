import { exportUrl, testingConfig } from './config.js';
import { startNats } from './start-nats.js';
import { startPostgres } from './start-postgres.js';
import { startRedis } from './start-redis.js';

export interface TestServers {
  stop(): Promise<void>;
}

/**
 * Starts what the integration tests share and exports the URLs; a URL that is set already is used as it is.
 *
 * @throws Error when a server cannot be started; those that could are stopped again
 */
export async function startTestServers(): Promise<TestServers> {
  const wanted = [
    ['TEST_DATABASE_URL', testingConfig.databaseUrl(), startPostgres],
    ['TEST_NATS_URL', testingConfig.natsUrl(), startNats],
    ['TEST_REDIS_URL', testingConfig.redisUrl(), startRedis],
  ] as const;
  const starts = await Promise.allSettled(
    wanted
      .filter(([, url]) => url === undefined)
      .map(async ([name, , start]) => {
        const server = await start();
        exportUrl(name, server.url);
        return server;
      }),
  );
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const stop = async (): Promise<void> => void (await Promise.allSettled(servers.map((server) => server.stop())));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { stop };
}
