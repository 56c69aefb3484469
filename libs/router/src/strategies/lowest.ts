import type { Candidate } from '../table/candidate.js';
import type { Tier } from '../table/tier.js';
import type { Takes } from './strategy.js';

/** So many are compared at most, from a random one on: the best of a thousand is as good as the best of ten thousand. */
const COMPARED_MAX = 1_000;
/** Of more, one that cannot be beaten is taken at once; of fewer, each that is as good has the same chance. */
const SMALL_TIER = 64;

/**
 * The one with the lowest score, by chance between equals.
 * @param score Never below 0.
 */
export function lowest(
  { members }: Tier,
  takes: Takes,
  random: () => number,
  score: (candidate: Candidate) => number,
): Candidate | null {
  const start = Math.floor(random() * members.length);
  let best: Candidate | null = null;
  let bestScore = Infinity;
  let equals = 0;
  let compared = 0;
  for (let step = 0; step < members.length && compared < COMPARED_MAX; step += 1) {
    const candidate = members[(start + step) % members.length]!;
    if (!takes(candidate)) continue;
    compared += 1;
    const own = score(candidate);
    if (best === null || own < bestScore) {
      best = candidate;
      bestScore = own;
      equals = 1;
      if (own === 0 && members.length > SMALL_TIER) break;
    } else if (own === bestScore) {
      equals += 1;
      if (random() * equals < 1) best = candidate;
    }
  }
  return best;
}
