import type { Candidate } from './candidate.js';

/** Deployments of one priority number, which a strategy chooses between; built once per table and kind of call. */
export class Tier {
  /** The sum of the weights up to and including each. */
  readonly weightsUpTo: Float64Array;

  constructor(
    readonly members: readonly Candidate[],
    readonly weights: readonly number[],
  ) {
    this.weightsUpTo = new Float64Array(weights.length);
    let sum = 0;
    for (const [index, weight] of weights.entries()) this.weightsUpTo[index] = sum += weight;
  }

  get weightTotal(): number {
    return this.weightsUpTo[this.weightsUpTo.length - 1] ?? 0;
  }
}

/** By priority number, the lowest first. A rule's shares hold across priorities: they are said of these deployments by name. */
export function tiersOf(members: readonly Candidate[], shares: Readonly<Record<string, number>> | null): Tier[] {
  if (members.length === 0) return [];
  if (shares !== null)
    return [
      new Tier(
        members,
        members.map(({ deployment }) => shares[deployment.id] ?? 0),
      ),
    ];
  const byPriority = Map.groupBy(members, ({ deployment }) => deployment.priority);
  return [...byPriority]
    .sort(([a], [b]) => a - b)
    .map(
      ([, tier]) =>
        new Tier(
          tier,
          tier.map(({ deployment }) => deployment.weight),
        ),
    );
}
