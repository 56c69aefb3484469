import type { Candidate } from '../table/candidate.js';

/** A deployment of a group, and why it is not in question; null: it is. */
export interface Entry {
  candidate: Candidate;
  dropped: string | null;
}

/** Says why a deployment is left out; null: it may stay. */
export type Filter = (candidate: Candidate) => string | null;

/** Drops what the filter names, of those that are still in question. @returns whether one is left. */
export function applyFilter(entries: readonly Entry[], filter: Filter): boolean {
  let isOneLeft = false;
  for (const entry of entries) {
    entry.dropped ??= filter(entry.candidate);
    isOneLeft ||= entry.dropped === null;
  }
  return isOneLeft;
}
