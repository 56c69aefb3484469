import type { ResolvedSettings } from '../policy.js';
import type { Candidate } from '../table/candidate.js';
import { applyFilter, type Entry } from './filter.js';

/** LiteLLM's name for the deployments that serve calls which no other tag decides about. */
const DEFAULT_TAG = 'default';

/** `all`: a deployment has every tag of the call. `any`: one of them. */
export type TagMatch = Exclude<ResolvedSettings['tagFiltering'], 'off'>;

/**
 * Leaves the deployments that match the tags of the call; where none does, those tagged `default`. A call without tags goes to
 * those tagged `default`, and to every deployment where there are none (RT-009).
 */
export function filterByTags(entries: readonly Entry[], tags: readonly string[], match: TagMatch): void {
  const left = entries.filter(({ dropped }) => dropped === null);
  const matches = ({ deployment }: Candidate): boolean =>
    match === 'all'
      ? tags.every((tag) => deployment.tags.includes(tag))
      : tags.some((tag) => deployment.tags.includes(tag));
  const isDefault = ({ deployment }: Candidate): boolean => deployment.tags.includes(DEFAULT_TAG);
  if (tags.length > 0 && left.some(({ candidate }) => matches(candidate))) {
    applyFilter(entries, (candidate) => (matches(candidate) ? null : 'without the tags of the call'));
  } else if (left.some(({ candidate }) => isDefault(candidate))) {
    applyFilter(entries, (candidate) => (isDefault(candidate) ? null : 'not tagged "default"'));
  } else if (tags.length > 0) {
    applyFilter(entries, () => 'without the tags of the call');
  }
}
