import type { Clock } from '@ao/kernel';
import { LRUCache } from 'lru-cache';
import { nearestOf, type StoredVector, type VectorStore } from './vector-store.js';

/** Bytes of all vectors together; the sets used least lately go first. */
const BYTES_MAX = 64 * 1024 * 1024;

interface VectorSet {
  /** In the order of their use, the latest last. */
  vectors: Map<string, StoredVector>;
  expiresAtMs: number;
}

/** The vectors of a single process. */
export class MemoryVectors implements VectorStore {
  private readonly sets: LRUCache<string, VectorSet>;

  constructor(private readonly clock: Clock) {
    this.sets = new LRUCache({ maxSize: BYTES_MAX, sizeCalculation: bytesOf });
  }

  async add(
    set: string,
    { partition, id, vector }: StoredVector,
    { ttlMs, vectorsMax }: { ttlMs: number; vectorsMax: number },
  ): Promise<void> {
    const known = this.find(set);
    const vectors = known?.vectors ?? new Map<string, StoredVector>();
    const expiresAtMs = Math.max(known?.expiresAtMs ?? 0, this.clock.nowMs() + ttlMs);
    vectors.delete(nameOf(partition, id));
    // A copy: the caller may reuse its own.
    vectors.set(nameOf(partition, id), { partition, id, vector: Float32Array.from(vector) });
    for (const name of vectors.keys()) {
      if (vectors.size <= vectorsMax) break;
      vectors.delete(name);
    }
    this.sets.set(set, { vectors, expiresAtMs });
  }

  async nearest(
    set: string,
    { partition, vector }: Omit<StoredVector, 'id'>,
    count: number,
  ): ReturnType<VectorStore['nearest']> {
    const candidates = [...(this.find(set)?.vectors.values() ?? [])];
    return nearestOf(
      candidates.filter((stored) => stored.partition === partition),
      vector,
      count,
    );
  }

  async touch(set: string, { partition, id }: Omit<StoredVector, 'vector'>): Promise<void> {
    const vectors = this.find(set)?.vectors;
    const name = nameOf(partition, id);
    const stored = vectors?.get(name);
    if (!vectors || !stored) return;
    vectors.delete(name);
    vectors.set(name, stored);
  }

  async remove(set: string, { partition, id }: Omit<StoredVector, 'vector'>): Promise<void> {
    this.find(set)?.vectors.delete(nameOf(partition, id));
  }

  private find(set: string): VectorSet | undefined {
    const found = this.sets.get(set);
    if (!found || found.expiresAtMs > this.clock.nowMs()) return found;
    this.sets.delete(set);
    return undefined;
  }
}

const nameOf = (partition: string, id: string): string => `${partition} ${id}`;
const OVERHEAD_BYTES = 200;

function bytesOf({ vectors }: VectorSet): number {
  let bytes = OVERHEAD_BYTES;
  for (const { vector } of vectors.values()) bytes += vector.byteLength + OVERHEAD_BYTES;
  return bytes;
}
