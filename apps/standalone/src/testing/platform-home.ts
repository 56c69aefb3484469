import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createTestDatabase, startClickHouseHttp, startNats, temporaryFolder } from '@ao/testing';
import { environment as ownEnvironment } from '../config.js';

/** The two ways to run the same code; every test of the whole platform runs in both. */
export const modes = ['standalone', 'cluster'] as const;
export type Mode = (typeof modes)[number];

/** What outlives a process of the platform: its data folder, and in a cluster the servers that the URLs name. */
export interface PlatformHome {
  mode: Mode;
  dataDirectory: string;
  /** The settings that lead there. */
  environment: Readonly<Record<string, string>>;
  /** Takes the bus of a cluster away; what it gives brings the bus back, with all that it had stored. */
  killNats(): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

/** A fresh home. Each has servers of its own where they remember: a bus keeps the snapshots of its database. */
export function openHome(mode: Mode): Promise<PlatformHome> {
  return mode === 'standalone' ? openStandaloneHome() : openClusterHome();
}

async function openStandaloneHome(): Promise<PlatformHome> {
  const folder = await temporaryFolder('e2e');
  return {
    mode: 'standalone',
    dataDirectory: folder.path,
    environment: { AO_DATA_DIR: folder.path },
    killNats: () => Promise.reject(new Error('in one process there is no NATS')),
    remove: () => folder.remove(),
  };
}

async function openClusterHome(): Promise<PlatformHome> {
  const folder = await temporaryFolder('e2e');
  const jetstreamDirectory = join(folder.path, 'jetstream');
  const [firstNats, clickHouse, database] = await Promise.all([
    startNats({ jetstreamDirectory }),
    startClickHouseHttp(),
    createTestDatabase(),
  ]);
  let nats = firstNats;
  const redisUrl = ownEnvironment()['TEST_REDIS_URL'];
  if (!redisUrl) throw new Error('TEST_REDIS_URL is not set: run this test in the `e2e` project.');
  return {
    mode: 'cluster',
    dataDirectory: folder.path,
    environment: {
      AO_DATA_DIR: folder.path,
      NATS_URL: nats.url,
      CLICKHOUSE_URL: clickHouse.url,
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl,
      // Gateways that a test starts beside the cluster's own must seal and hash alike.
      AO_MASTER_KEY: randomBytes(32).toString('base64'),
      AO_KEY_PEPPER: randomBytes(32).toString('base64'),
    },
    async killNats() {
      await nats.kill();
      return async () => {
        nats = await startNats({ jetstreamDirectory, port: nats.port });
      };
    },
    async remove() {
      await Promise.all([nats.stop(), clickHouse.stop(), database.drop()]);
      await folder.remove();
    },
  };
}
