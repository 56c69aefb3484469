import { IndexHeap } from './index-heap.js';

/** Ranks of the vocabulary's tokens, keyed by their bytes written one byte per character. */
export interface RankLookup {
  get(bytes: string): number | undefined;
}

const NO_PAIR = -1;

/**
 * How many tokens byte-pair merging leaves of one piece.
 *
 * The same merges as tiktoken (lowest rank first, then leftmost), found with a heap: O(n log n). The textbook loop looks
 * at every pair before each merge and takes minutes for a hundred thousand equal letters, which any caller can send.
 * @param bytes the piece, one byte per character.
 */
export function countMerged(bytes: string, ranks: RankLookup): number {
  const end = bytes.length;
  if (end < 2) return end;
  const next = Int32Array.from({ length: end + 1 }, (_, index) => Math.min(index + 1, end));
  const previous = Int32Array.from({ length: end + 1 }, (_, index) => index - 1);
  const pairRank = new Int32Array(end + 1).fill(NO_PAIR);
  const heap = new IndexHeap(end);

  const rankPairAt = (start: number): void => {
    const middle = next[start]!;
    const rank = middle === end ? undefined : ranks.get(bytes.substring(start, next[middle]));
    pairRank[start] = rank ?? NO_PAIR;
    if (rank !== undefined) heap.push(rank, start);
  };
  for (let start = 0; start < end - 1; start++) rankPairAt(start);

  let count = end;
  while (heap.pop()) {
    const start = heap.poppedIndex;
    // A neighbour's merge changed this pair after it was queued.
    if (pairRank[start] !== heap.poppedRank) continue;
    const absorbed = next[start]!;
    const following = next[absorbed]!;
    next[start] = following;
    previous[following] = start;
    pairRank[absorbed] = NO_PAIR;
    count--;
    rankPairAt(start);
    if (previous[start]! >= 0) rankPairAt(previous[start]!);
  }
  return count;
}
