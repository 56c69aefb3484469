import { StartupError } from '@ao/kernel';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { COMMON_SETTINGS, JSON_CODEC, type Engine } from './click-house-warehouse.js';
import { serverLane } from './lane.js';

const CONNECTIONS_MAX = 10;
/** Above every deadline of ours; the calls bring their own. */
const REQUEST_TIMEOUT_MS = 600_000;
const CREATE_DEADLINE_MS = 10_000;

/**
 * A ClickHouse server over HTTP. Connects when first used.
 *
 * @throws StartupError when the URL cannot be used
 */
export function openServerEngine(url: string): Engine {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new StartupError('CLICKHOUSE_URL must look like http://user:password@host:8123/database.');
  }
  const client = createClient({
    url,
    application: 'ao',
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: CONNECTIONS_MAX,
    clickhouse_settings: { ...COMMON_SETTINGS, cancel_http_readonly_queries_on_client_close: 1 },
    json: JSON_CODEC,
    // Its log holds queries; what goes wrong is thrown as well.
    log: { level: ClickHouseLogLevel.OFF },
  });
  const lane = serverLane(client);
  return {
    kind: 'server',
    reads: lane,
    writes: lane,
    ensureDatabase: () => ensureDatabase(url),
    close: () => client.close(),
  };
}

/** Through a connection of its own: a session in a database that does not exist cannot create it. */
async function ensureDatabase(url: string): Promise<void> {
  const base = new URL(url);
  const database = decodeURIComponent(base.pathname.slice(1));
  if (database === '' || database === 'default') return;
  base.pathname = '/default';
  const client = createClient({
    url: base.toString(),
    request_timeout: CREATE_DEADLINE_MS,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const lane = serverLane(client);
  try {
    await lane.run(CREATE_DEADLINE_MS, () =>
      client.command({ query: 'CREATE DATABASE IF NOT EXISTS {name:Identifier}', query_params: { name: database } }),
    );
  } finally {
    await client.close();
  }
}
