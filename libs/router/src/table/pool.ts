import type { Demands } from '../filters/demands.js';
import { applyFilter, type Entry } from '../filters/filter.js';
import { geoRestriction, isWithin, regionLock, regionOf } from '../filters/regions.js';
import { ofProvider, withShare } from '../filters/rule-demands.js';
import { filterByTags } from '../filters/tags.js';
import type { Candidate } from './candidate.js';
import { tiersOf, type Tier } from './tier.js';

/** As many as a decision may tell (`routingDecision.candidates`). */
const TOLD_MAX = 200;

/** Which hard filter leaves nothing to call. */
export type Refusal = 'residency' | 'geo';

/** The deployments of a group that calls of equal demands may go to: what the table alone says, found once. */
export class Pool {
  /** In the order in which they are tried; deployments outside of the preferred region come last. */
  readonly healthy: readonly Tier[];
  readonly unhealthy: readonly Tier[];
  /** Of all deployments that were looked at. */
  readonly size: number;
  readonly healthyCount: number;
  readonly unhealthyCount: number;
  /** Those in question, by id. */
  readonly byId: ReadonlyMap<string, Candidate>;
  /** What is told of them: at most `TOLD_MAX`, those in question first where there are more. */
  readonly told: readonly Entry[];
  readonly refusal: Refusal | null;

  constructor(candidates: readonly Candidate[], demands: Demands | null) {
    const entries = candidates.map((candidate): Entry => ({ candidate, dropped: null }));
    this.size = entries.length;
    this.refusal = demands && entries.length > 0 ? filterHard(entries, demands) : null;
    if (demands) filterByRule(entries, demands);
    const left = entries.filter(({ dropped }) => dropped === null).map(({ candidate }) => candidate);
    const preferred = new Set(demands ? preferRegion(entries, demands) : left);
    const others = left.filter((candidate) => !preferred.has(candidate));
    const shares = demands?.weights ?? null;
    const tiers = (isHealthy: boolean): Tier[] =>
      [[...preferred], others].flatMap((some) =>
        tiersOf(
          some.filter(({ healthy }) => healthy === isHealthy),
          shares,
        ),
      );
    this.healthy = tiers(true);
    this.unhealthy = tiers(false);
    this.healthyCount = left.filter(({ healthy }) => healthy).length;
    this.unhealthyCount = left.length - this.healthyCount;
    this.byId = new Map(left.map((candidate) => [candidate.deployment.id, candidate]));
    this.told = entries.length <= TOLD_MAX ? entries : firstToTell(entries);
  }
}

/** The regions that a call must stay in, whatever else is said. @returns the one that leaves nothing to call. */
function filterHard(entries: readonly Entry[], { residency, geo }: Demands): Refusal | null {
  if (residency !== null && !staysServed(entries, () => applyFilter(entries, regionLock(residency))))
    return 'residency';
  if (geo.length > 0 && !staysServed(entries, () => applyFilter(entries, geoRestriction(geo)))) return 'geo';
  return null;
}

/**
 * Whether a hard filter leaves something to call. Where it leaves only what is unhealthy and drops what is healthy, it is the
 * filter that stands in the way (RT-017: only US healthy), and the caller is to hear that.
 */
function staysServed(entries: readonly Entry[], filter: () => boolean): boolean {
  const isHealthyLeft = (): boolean => entries.some(({ dropped, candidate }) => dropped === null && candidate.healthy);
  const wasHealthy = isHealthyLeft();
  return filter() && (isHealthyLeft() || !wasHealthy);
}

function filterByRule(entries: readonly Entry[], { provider, weights, tagMatch, tags }: Demands): void {
  if (provider !== null) applyFilter(entries, ofProvider(provider));
  if (weights !== null) applyFilter(entries, withShare(weights));
  if (tagMatch !== null) filterByTags(entries, tags, tagMatch);
}

/** Marks what is outside of the preferred region, where something is inside. @returns what is inside, or all. */
function preferRegion(entries: readonly Entry[], { region }: Demands): Candidate[] {
  const left = entries.filter(({ dropped }) => dropped === null);
  const inside = region === null ? [] : left.filter(({ candidate }) => isWithin(regionOf(candidate), [region]));
  if (inside.length === 0) return left.map(({ candidate }) => candidate);
  const isInside = new Set(inside);
  for (const entry of left) if (!isInside.has(entry)) entry.dropped = 'outside the preferred region';
  return inside.map(({ candidate }) => candidate);
}

function firstToTell(entries: readonly Entry[]): Entry[] {
  const kept = entries.filter(({ dropped }) => dropped === null).slice(0, TOLD_MAX);
  return [...kept, ...entries.filter(({ dropped }) => dropped !== null).slice(0, TOLD_MAX - kept.length)];
}
