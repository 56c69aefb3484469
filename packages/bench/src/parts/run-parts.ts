import { openMemoryKeyValue, openRedisKeyValue, type KeyValue } from '@ao/keyvalue';
import { startRedis, waitFor } from '@ao/testing';
import { measureSpeed } from '../speed.js';
import type { PartScenario, PartSummary, StoreName } from './part-scenarios.js';

/** A call is a microsecond in memory, and a round trip over Redis. */
const BATCH: Record<StoreName, number> = { memory: 100, redis: 1 };
const WARM_UP_MS_MAX = 1_000;
/** Of a machine that is measured: production's own would be passed now and then. */
const DEADLINE_MS = 1_000;

/** Measures what a gateway does with the store that it shares with others: in memory, and over a Redis of its own. */
export async function measureParts(
  scenarios: readonly PartScenario[],
  durationMs: number,
  tell: (line: string) => void,
): Promise<PartSummary[]> {
  if (scenarios.length === 0) return [];
  const redis = await startRedis().catch((error: unknown) => {
    tell(`Redis is not measured: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  });
  const opened: KeyValue[] = [];
  const keep = (store: KeyValue): KeyValue => (opened.push(store), store);
  try {
    const shared = redis && keep(openRedisKeyValue({ url: redis.url, deadlineMs: DEADLINE_MS }));
    if (shared) await waitFor(async () => (await shared.health()).ok);
    // Of an operation in memory its own, or it would find what others left.
    const storeFor = (name: StoreName): KeyValue | null => (name === 'redis' ? shared : keep(openMemoryKeyValue()));
    const summaries: PartSummary[] = [];
    for (const scenario of scenarios) summaries.push(await measurePart(scenario, storeFor, durationMs, tell));
    return summaries;
  } finally {
    for (const store of opened) await store.close();
    await redis?.kill();
  }
}

async function measurePart(
  { name, what, operations }: PartScenario,
  storeFor: (name: StoreName) => KeyValue | null,
  durationMs: number,
  tell: (line: string) => void,
): Promise<PartSummary> {
  const rows: PartSummary['rows'] = [];
  for (const { name: operation, on, prepare } of operations) {
    for (const { store: storeName, atOnce } of on) {
      const store = storeFor(storeName);
      if (store) tell(`measuring ${name}: ${operation}, ${storeName}, ${atOnce} at once`);
      const pace = { atOnce, batch: BATCH[storeName], warmUpMs: Math.min(durationMs, WARM_UP_MS_MAX), durationMs };
      const speed = store && (await measureSpeed(await prepare(store), pace));
      rows.push({ operation, store: storeName, atOnce, speed });
    }
  }
  return { name, what, rows };
}
