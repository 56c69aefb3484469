// Rank (18 bits) and index (32 bits) in one double: comparing the doubles compares rank first, then index.
const INDEX_SPAN = 2 ** 32;

/** A binary min-heap of (rank, index) pairs, smallest rank first, then smallest index. Allocates nothing per entry. */
export class IndexHeap {
  #keys: Float64Array;
  #size = 0;
  poppedRank = 0;
  poppedIndex = 0;

  constructor(capacity: number) {
    this.#keys = new Float64Array(Math.max(capacity, 1));
  }

  push(rank: number, index: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    const keys = this.#keys;
    const key = rank * INDEX_SPAN + index;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[hole] = keys[parent]!;
      hole = parent;
    }
    keys[hole] = key;
  }

  /** Removes the smallest pair into `poppedRank` and `poppedIndex`. @returns false when the heap is empty. */
  pop(): boolean {
    if (this.#size === 0) return false;
    const keys = this.#keys;
    this.poppedRank = Math.floor(keys[0]! / INDEX_SPAN);
    this.poppedIndex = keys[0]! % INDEX_SPAN;
    const key = keys[--this.#size]!;
    let hole = 0;
    for (let child = 1; child < this.#size; child = 2 * hole + 1) {
      if (child + 1 < this.#size && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      keys[hole] = keys[child]!;
      hole = child;
    }
    keys[hole] = key;
    return true;
  }

  #grow(): void {
    const larger = new Float64Array(this.#keys.length * 2);
    larger.set(this.#keys);
    this.#keys = larger;
  }
}
