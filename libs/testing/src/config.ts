/** The only reader of the environment here. An empty value counts as not set. */
const read = (name: string): string | undefined => process.env[name] || undefined;

/** Read at each use: Jest's global setup exports the URLs after this module may have been loaded. */
export const testingConfig = {
  /** A server that is already running; the tests create and drop databases on it. */
  databaseUrl: () => read('TEST_DATABASE_URL'),
  natsUrl: () => read('TEST_NATS_URL'),
  redisUrl: () => read('TEST_REDIS_URL'),
  clickHouseUrl: () => read('TEST_CLICKHOUSE_URL'),
  /** Programs to start; found on the PATH unless set. */
  natsServer: () => read('AO_TEST_NATS_SERVER'),
  redisServer: () => read('AO_TEST_REDIS_SERVER'),
  path: () => read('PATH') ?? '',
};

/** Exports a URL to the test processes that start after this. */
export function exportUrl(
  name: 'TEST_DATABASE_URL' | 'TEST_NATS_URL' | 'TEST_REDIS_URL' | 'TEST_CLICKHOUSE_URL',
  url: string,
): void {
  process.env[name] = url;
}
