/** The organisation of the operator: `identity` makes it, with this id, at the first start. */
export const OPERATOR_ORGANISATION_ID = 'org_default';

/**
 * Whether an organisation may name an environment variable as its provider's key. The value is sent to an address of
 * its own choosing, so a free choice would hand out every secret of the process: only the operator may, and of the
 * operator's variables only those that are provider keys.
 */
export function mayReference(orgId: string, variable: string, alsoAllowed: readonly string[]): boolean {
  if (orgId !== OPERATOR_ORGANISATION_ID) return false;
  if (variable.startsWith('AO_')) return false;
  return variable.endsWith('_API_KEY') || alsoAllowed.includes(variable);
}
