import type { ResolvedSettings } from '../policy.js';
import type { Resolution, RouteQuestion } from '../question.js';
import { regionsForCountry } from './regions.js';
import type { TagMatch } from './tags.js';

/** What a call demands of deployments, as far as it changes with the table alone: calls of equal demands share one pool. */
export interface Demands {
  residency: readonly string[] | null;
  /** By each rule about the country of the call, the regions that it allows. */
  geo: readonly (readonly string[])[];
  provider: string | null;
  weights: Readonly<Record<string, number>> | null;
  tagMatch: TagMatch | null;
  /** Of the call; only those that a deployment of the group has, but for one more that stands for all that none has. */
  tags: readonly string[];
  /** Preferred. */
  region: string | null;
}

/** A tag that nobody can give a deployment: tags have at least one character. */
const UNKNOWN_TAG = '';

/** @param tagsOfGroup All tags that its deployments have. @returns null where the call demands nothing. */
export function demandsOf(
  question: RouteQuestion,
  { provider, weights }: Resolution,
  settings: ResolvedSettings,
  tagsOfGroup: ReadonlySet<string>,
): Demands | null {
  const { residencyRegions: residency, tagFiltering } = settings;
  const geo = regionsForCountry(settings.geoRules, question.country);
  const tagMatch = tagFiltering === 'off' ? null : tagFiltering;
  const region = question.region?.toLowerCase() ?? null;
  const isNone = residency === null && geo.length === 0 && provider === null && weights === null && tagMatch === null;
  if (isNone && region === null) return null;
  const tags = tagMatch === null ? [] : knownTags(question.tags, tagsOfGroup);
  return { residency, geo, provider, weights, tagMatch, tags, region };
}

/** Tags may be whatever callers write: those that no deployment has are alike, and fill no memory. */
function knownTags(tags: readonly string[], tagsOfGroup: ReadonlySet<string>): string[] {
  const known = tags.filter((tag) => tagsOfGroup.has(tag));
  if (known.length < tags.length) known.push(UNKNOWN_TAG);
  return known.sort();
}
