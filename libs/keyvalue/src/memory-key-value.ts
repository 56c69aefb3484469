import { systemClock, type Clock } from '@ao/kernel';
import { LRUCache } from 'lru-cache';
import { MemoryCounts } from './counts/memory-counts.js';
import type { KeyValue } from './key-value.js';
import { MemoryLimits } from './limits/memory-limits.js';
import { MemoryVectors } from './vectors/memory-vectors.js';

export interface MemoryKeyValueOptions {
  clock?: Clock;
  /** Bytes of keys and values together; what was used least lately goes first. */
  valueBytesMax?: number;
  limitKeysMax?: number;
}

const VALUE_BYTES_MAX = 64 * 1024 * 1024;
/** About 200 bytes each. */
const LIMIT_KEYS_MAX = 100_000;
const ENTRY_OVERHEAD_BYTES = 100;

/** The store of a single process. */
export function openMemoryKeyValue(options: MemoryKeyValueOptions = {}): KeyValue {
  const clock = options.clock ?? systemClock;
  const limits = new MemoryLimits(clock, options.limitKeysMax ?? LIMIT_KEYS_MAX);
  const counts = new MemoryCounts(clock);
  const values = new LRUCache<string, Buffer>({
    maxSize: options.valueBytesMax ?? VALUE_BYTES_MAX,
    sizeCalculation: (value, key) => value.length + Buffer.byteLength(key) + ENTRY_OVERHEAD_BYTES,
    // Never the wall clock, which may jump: a claim would outlive its time by as much.
    perf: { now: () => clock.monotonicMs() },
    ttlResolution: 0,
  });
  return {
    get: async (key) => copyOf(values.get(key)),
    set: async (key, value, { ttlMs }) => void values.set(key, bytesOf(value), { ttl: ttlMs }),
    delete: async (key) => void values.delete(key),
    async setIfAbsent(key, value, { ttlMs }) {
      if (values.has(key)) return false;
      values.set(key, bytesOf(value), { ttl: ttlMs });
      return true;
    },
    async replaceIf(key, expected, value, { ttlMs }) {
      if (!values.get(key)?.equals(bytesOf(expected))) return false;
      values.set(key, bytesOf(value), { ttl: ttlMs });
      return true;
    },
    deleteIf: async (key, expected) => (values.get(key)?.equals(bytesOf(expected)) ?? false) && values.delete(key),
    addCounts: async (key, amounts, { ttlMs }) => counts.add(key, amounts, ttlMs),
    getCounts: async (key) => counts.get(key),
    addMember: async (key, member, options) => counts.addMember(key, member, options),
    countMembers: async (key) => counts.countMembers(key),
    vectors: new MemoryVectors(clock),
    takeTokens: async (requests) => limits.take(requests),
    health: async () => ({ ok: true, latencyMs: 0 }),
    close: async () => values.clear(),
  };
}

/** A copy: the caller may reuse its buffer. */
function bytesOf(value: Buffer | string): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value);
}

/** Callers own what they get, as they do with Redis. */
function copyOf(value: Buffer | undefined): Buffer | null {
  return value === undefined ? null : Buffer.from(value);
}
