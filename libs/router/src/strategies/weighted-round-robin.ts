import type { Candidate } from '../table/candidate.js';
import type { Tier } from '../table/tier.js';
import type { Strategy } from './strategy.js';

interface Turns {
  /** When each is due next, in turns of weight 1; Infinity: only where no other is left. */
  dueAt: Float64Array;
  now: number;
}

/** Of each tier, which lives as long as its table. */
const turnsByTier = new WeakMap<Tier, Turns>();

/**
 * Takes turns, in proportion to the weights and evenly spread. One that was away is due at once when it is back, but does not
 * catch up on what it missed.
 */
export const weightedRoundRobin: Strategy = {
  keepsServiceLevel: true,
  pick(tier, takes, { random }) {
    const { members, weights } = tier;
    const turns = turnsOf(tier, random);
    let next = -1;
    let dueMin = Infinity;
    let standby: Candidate | null = null;
    for (let index = 0; index < members.length; index += 1) {
      const due = turns.dueAt[index]!;
      const candidate = members[index]!;
      if (due < dueMin) {
        if (!takes(candidate)) continue;
        next = index;
        dueMin = due;
      } else if (due === Infinity && standby === null && takes(candidate)) {
        standby = candidate;
      }
    }
    if (next < 0) return standby;
    turns.now = Math.max(turns.now, dueMin);
    turns.dueAt[next] = turns.now + 1 / weights[next]!;
    return members[next]!;
  },
};

/** From a random beginning: replicas that start together must not ask the same one together. */
function turnsOf(tier: Tier, random: () => number): Turns {
  let turns = turnsByTier.get(tier);
  if (!turns) {
    const dueAt = Float64Array.from(tier.weights, (weight) => (weight > 0 ? random() / weight : Infinity));
    turns = { dueAt, now: 0 };
    turnsByTier.set(tier, turns);
  }
  return turns;
}
