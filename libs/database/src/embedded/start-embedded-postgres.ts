import { silentLogger, type Logger } from '@ao/kernel';
import pg from 'pg';
import { findBinaries } from './binaries.js';
import { openDataFolder } from './data-folder.js';
import { initialiseCluster } from './initialise-cluster.js';
import { databaseUrl } from './owner-session.js';
import { reachableBinaries, SHARED_HOME } from './reachable.js';
import { PostgresSupervisor } from './supervisor.js';

export interface EmbeddedPostgresOptions {
  /** Made if missing. Holds the password and the data, or a note of where the data is. */
  dataDirectory: string;
  logger?: Logger;
  connectionsMax?: number;
  /** Where data and programs go when root's own folders are closed to the database user. */
  sharedHome?: string;
}

export interface EmbeddedPostgres {
  /** With the password: never log it. Valid until `stop`, also when the server crashed and was started again. */
  readonly url: string;
  /** PostgreSQL's own folder. */
  readonly clusterDirectory: string;
  /** The server's process id, for fault tests. */
  readonly pid: number | undefined;
  /** Stops gracefully within `timeoutMs` (10 s unless told), then by force; committed data is safe either way. */
  stop(timeoutMs?: number): Promise<void>;
}

const DATABASE = 'ai_orchestrator';
const STOP_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 200;

/**
 * Runs a real PostgreSQL beside this process, on a free port of the loopback interface, with its data in a folder. One
 * process per folder. A server left over by a killed process is stopped first; one that crashes is started again.
 *
 * @throws StartupError when the folder is in use, damaged or not usable, or this platform has no build
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const logger = options.logger ?? silentLogger;
  const sharedHome = options.sharedHome ?? SHARED_HOME;
  const found = await findBinaries();
  const folder = await openDataFolder(options.dataDirectory, logger, sharedHome);
  const binaries = await reachableBinaries(found, folder.account, sharedHome);
  await initialiseCluster(folder, binaries);
  const connectionsMax = options.connectionsMax ?? CONNECTIONS_MAX;
  const supervisor = await PostgresSupervisor.start({ folder, binaries, connectionsMax, logger });
  const stop = (timeoutMs = STOP_TIMEOUT_MS): Promise<void> => supervisor.stop(timeoutMs);
  try {
    await ensureDatabase(databaseUrl(supervisor.port, folder.password, 'postgres'));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: databaseUrl(supervisor.port, folder.password, DATABASE),
    clusterDirectory: folder.clusterDirectory,
    get pid() {
      return supervisor.pid;
    },
    stop,
  };
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: STOP_TIMEOUT_MS });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
