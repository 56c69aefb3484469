/** One vector of a set. Vectors of one partition have the same length; only they are compared. */
export interface StoredVector {
  partition: string;
  id: string;
  /** Of length 1. */
  vector: Float32Array;
}

export interface Neighbour {
  id: string;
  /** The cosine, from -1 to 1. */
  similarity: number;
}

/**
 * Finds what is near. Each set keeps a number of vectors; the one used least lately goes first. Partitions and ids
 * have no spaces. As all of the store, what is in it may be lost.
 */
export interface VectorStore {
  /** Adds a vector, or replaces the one with its id; the whole set is kept for `ttlMs` after the last one came. */
  add(set: string, vector: StoredVector, options: { ttlMs: number; vectorsMax: number }): Promise<void>;
  /** The nearest of a partition, nearest first. That alone is no use of them. */
  nearest(set: string, to: Omit<StoredVector, 'id'>, count: number): Promise<Neighbour[]>;
  /** Marks a vector as just used. */
  touch(set: string, vector: Omit<StoredVector, 'vector'>): Promise<void>;
  remove(set: string, vector: Omit<StoredVector, 'vector'>): Promise<void>;
}

/** The nearest of some vectors, exactly: with a few thousand of them a scan takes milliseconds. */
export function nearestOf(
  vectors: Iterable<{ id: string; vector: Float32Array }>,
  to: Float32Array,
  count: number,
): Neighbour[] {
  const found: Neighbour[] = [];
  for (const { id, vector } of vectors) {
    if (vector.length === to.length) found.push({ id, similarity: dotProduct(vector, to) });
  }
  return found.sort((a, b) => b.similarity - a.similarity).slice(0, count);
}

function dotProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += a[index]! * b[index]!;
  return sum;
}
