import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, StartupError, withDeadline } from '@ao/kernel';
import type * as chdbConnection from 'chdb/connection';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { COMMON_SETTINGS, JSON_CODEC, type Engine } from './click-house-warehouse.js';
import { EmbeddedLane } from './lane.js';

type ChdbConnection = typeof chdbConnection;

const CLOSE_DEADLINE_MS = 10_000;

/**
 * ClickHouse inside this process, its data in `directory`. One process per folder, one folder per process. Two
 * connections, so that a long query does not hold up what is being written.
 *
 * @throws StartupError when there is no build for this platform, or the folder is in use
 */
export async function openEmbeddedEngine(directory: string): Promise<Engine> {
  const chdb = await loadChdb();
  await mkdir(directory, { recursive: true });
  const lanes: EmbeddedLane[] = [];
  try {
    for (let count = 0; count < 2; count += 1) lanes.push(await openLane(chdb, path.resolve(directory)));
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.client.close()));
    throw new StartupError(
      `The analytics database in ${directory} cannot be opened. If another process uses it, stop that one; else move the folder away to start empty, or set CLICKHOUSE_URL.`,
      { cause: error },
    );
  }
  const [reads, writes] = lanes as [EmbeddedLane, EmbeddedLane];
  return { kind: 'embedded', reads, writes, ensureDatabase: async () => undefined, close: () => closeLanes(lanes) };
}

async function loadChdb(): Promise<ChdbConnection> {
  try {
    return await import('chdb/connection');
  } catch (error) {
    throw new StartupError(
      `Analytics has no built-in ClickHouse for ${process.platform}-${process.arch}. Set CLICKHOUSE_URL to a server; everything else works without.`,
      { cause: error },
    );
  }
}

async function openLane(chdb: ChdbConnection, directory: string): Promise<EmbeddedLane> {
  const connection = chdb.createChdbConnection({ path: directory });
  const client: ClickHouseClient = createClient({ connection, json: JSON_CODEC } as Parameters<typeof createClient>[0]);
  const settings = Object.entries(COMMON_SETTINGS).map(
    ([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`,
  );
  await client.command({ query: `SET ${settings.join(', ')}` });
  return new EmbeddedLane(client);
}

/** Closing under a running query would crash the process. */
async function closeLanes(lanes: readonly EmbeddedLane[]): Promise<void> {
  await withDeadline(
    Promise.all(lanes.map((lane) => lane.drained())),
    CLOSE_DEADLINE_MS,
    () => new AppError('timeout', 'Analytics queries are still running.'),
  );
  await Promise.all(lanes.map((lane) => lane.client.close()));
}
