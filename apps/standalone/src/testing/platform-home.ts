import { randomBytes } from 'node:crypto';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTestDatabase,
  startClickHouseHttp,
  startNats,
  startPostgres,
  startRedis,
  temporaryFolder,
} from '@ao/testing';
import { environment as ownEnvironment } from '../config.js';

/** The two ways to run the same code; every test of the whole platform runs in both. */
export const modes = ['standalone', 'cluster'] as const;
export type Mode = (typeof modes)[number];

/** Servers of a cluster that a test may take away. */
export type Server = 'nats' | 'postgres' | 'redis' | 'clickhouse';

/** What outlives a process of the platform: its data folder, and in a cluster the servers that the URLs name. */
export interface PlatformHome {
  mode: Mode;
  dataDirectory: string;
  /** The settings that lead there. */
  environment: Readonly<Record<string, string>>;
  /**
   * Kills a server of a cluster as a power cut would; what it gives brings the server back, with all that it had stored.
   * PostgreSQL and Redis are there to be killed only in a home of their own.
   */
  kill(server: Server): Promise<() => Promise<void>>;
  /** Stops a server of a cluster from doing anything, connections open; what it gives lets it go on. */
  hang(server: 'redis'): () => void;
  /** Copies what JetStream has on its disk; what it gives puts the bus back to that, as a crash of its machine would. */
  saveNats(): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

interface HomeOptions {
  /** A PostgreSQL and a Redis for this home alone, so that they can be killed. */
  ownServers?: boolean;
}

/** A fresh home. Each has servers of its own where they remember: a bus keeps the snapshots of its database. */
export function openHome(mode: Mode, options: HomeOptions = {}): Promise<PlatformHome> {
  return mode === 'standalone' ? openStandaloneHome() : openClusterHome(options);
}

async function openStandaloneHome(): Promise<PlatformHome> {
  const folder = await temporaryFolder('e2e');
  return {
    mode: 'standalone',
    dataDirectory: folder.path,
    environment: { AO_DATA_DIR: folder.path },
    kill: (server) => Promise.reject(new Error(`in one process there is no ${server}`)),
    hang: (server) => {
      throw new Error(`in one process there is no ${server}`);
    },
    saveNats: () => Promise.reject(new Error('in one process there is no NATS')),
    remove: () => folder.remove(),
  };
}

async function openClusterHome({ ownServers = false }: HomeOptions): Promise<PlatformHome> {
  const folder = await temporaryFolder('e2e');
  const jetstreamDirectory = join(folder.path, 'jetstream');
  const dataDirectory = join(folder.path, 'clickhouse');
  const [nats, clickhouse, redis, postgres] = await Promise.all([
    startNats({ jetstreamDirectory }),
    startClickHouseHttp({ dataDirectory }),
    ownServers ? startRedis() : null,
    ownServers ? startPostgres() : null,
  ]);
  const servers = { nats, clickhouse, redis };
  const database = postgres ?? (await createTestDatabase());
  const redisUrl = servers.redis?.url ?? ownEnvironment()['TEST_REDIS_URL'];
  if (!redisUrl) throw new Error('TEST_REDIS_URL is not set: run this test in the `e2e` project.');
  const again = {
    nats: (port: number) => startNats({ jetstreamDirectory, port }),
    clickhouse: (port: number) => startClickHouseHttp({ dataDirectory, port }),
    redis: (port: number) => startRedis({ port }),
  };
  return {
    mode: 'cluster',
    dataDirectory: folder.path,
    environment: {
      AO_DATA_DIR: folder.path,
      NATS_URL: servers.nats.url,
      CLICKHOUSE_URL: servers.clickhouse.url,
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl,
      // Gateways that a test starts beside the cluster's own must seal and hash alike.
      AO_MASTER_KEY: randomBytes(32).toString('base64'),
      AO_KEY_PEPPER: randomBytes(32).toString('base64'),
    },
    async kill(server) {
      const killed = server === 'postgres' ? postgres : servers[server];
      if (!killed) throw new Error(`${server} is shared with other tests`);
      await killed.kill();
      return async () => {
        // PostgreSQL has been started again by who watches it.
        if (server !== 'postgres') servers[server] = await again[server](servers[server]!.port);
      };
    },
    hang(server) {
      const { pid } = servers[server] ?? {};
      if (pid === undefined) throw new Error(`${server} is shared with other tests`);
      process.kill(pid, 'SIGSTOP');
      return () => void process.kill(pid, 'SIGCONT');
    },
    async saveNats() {
      const saved = join(folder.path, 'jetstream-saved');
      await cp(jetstreamDirectory, saved, { recursive: true });
      return async () => {
        await servers.nats.kill();
        await rm(jetstreamDirectory, { recursive: true });
        await rename(saved, jetstreamDirectory);
        servers.nats = await again.nats(servers.nats.port);
      };
    },
    async remove() {
      await Promise.all([servers.nats.stop(), servers.clickhouse.stop(), servers.redis?.stop()]);
      await ('drop' in database ? database.drop() : database.stop());
      await folder.remove();
    },
  };
}
