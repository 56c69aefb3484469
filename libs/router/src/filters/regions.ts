import type { GeoRule } from '@ao/contracts';
import type { Candidate } from '../table/candidate.js';
import type { Filter } from './filter.js';

/** Where a deployment is, by its own word or its provider's, in lower case; null: nowhere that is known. */
export function regionOf({ deployment, provider }: Candidate): string | null {
  return (deployment.region ?? provider.region)?.toLowerCase() ?? null;
}

/** Whether a region begins with one of these; one that is not known begins with nothing. */
export function isWithin(region: string | null, prefixes: readonly string[]): boolean {
  return region !== null && prefixes.some((prefix) => region.startsWith(prefix.toLowerCase()));
}

/** The residency lock (RT-017). */
export const regionLock =
  (prefixes: readonly string[]): Filter =>
  (candidate) =>
    isWithin(regionOf(candidate), prefixes) ? null : 'outside the regions of the residency lock';

/** Every rule that names the country of the call must allow the region (RT-006). */
export const geoRestriction =
  (allowed: readonly (readonly string[])[]): Filter =>
  (candidate) => {
    const region = regionOf(candidate);
    return allowed.every((prefixes) => isWithin(region, prefixes)) ? null : 'not allowed for calls from that country';
  };

/**
 * What each rule about a country allows. Calls from a country that no rule names are not restricted, and neither are those from
 * nobody knows where: a rule about Germany must not stop a call whose origin could not be found.
 */
export function regionsForCountry(
  rules: readonly GeoRule[] | null,
  country: string | null,
): readonly (readonly string[])[] {
  if (rules === null || country === null) return [];
  return rules.filter(({ countries }) => countries.includes(country)).map(({ regions }) => regions);
}
