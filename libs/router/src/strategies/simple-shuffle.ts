import type { Candidate } from '../table/candidate.js';
import type { Tier } from '../table/tier.js';
import type { Strategy, Takes } from './strategy.js';

/** After so many draws that hit one which may not be picked, all are looked at. */
const DRAWS_MAX = 8;

/** By chance, in proportion to the weights; those of weight 0 only where no other is left. */
export const simpleShuffle: Strategy = {
  pick: (tier, takes, { random }) => draw(tier, takes, random) ?? drawFromAll(tier, takes, random),
};

/** Without looking at all of them: of the draws, those count that may be picked. */
function draw(tier: Tier, takes: Takes, random: () => number): Candidate | null {
  const { weightsUpTo, weightTotal, members } = tier;
  if (weightTotal === 0) return null;
  for (let round = 0; round < DRAWS_MAX; round += 1) {
    const candidate = members[firstAbove(weightsUpTo, random() * weightTotal)]!;
    if (takes(candidate)) return candidate;
  }
  return null;
}

function drawFromAll({ members, weights }: Tier, takes: Takes, random: () => number): Candidate | null {
  let picked: Candidate | null = null;
  let total = 0;
  let idle = 0;
  for (const [index, candidate] of members.entries()) {
    if (!takes(candidate)) continue;
    const weight = weights[index]!;
    total += weight;
    if (weight > 0 ? random() * total < weight : total === 0 && random() * (idle += 1) < 1) picked = candidate;
  }
  return picked;
}

function firstAbove(sorted: Float64Array, ticket: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > ticket) high = middle;
    else low = middle + 1;
  }
  return low;
}
