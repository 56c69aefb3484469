/** The organisation of the operator: `identity` makes it, with this id, at the first start. */
export const OPERATOR_ORGANISATION_ID = 'org_default';

/** Variables that hold provider keys by their name alone. */
const KEY_VARIABLES = '*_API_KEY';

/**
 * Whether an organisation may name an environment variable as its provider's key. The value is sent to an address of
 * its own choosing, so a free choice would hand out every secret of the process: only the operator may, and of the
 * operator's variables only those that are provider keys.
 * @param alsoAllowed Names; `*` in them stands for any text.
 */
export function mayReference(orgId: string, variable: string, alsoAllowed: readonly string[]): boolean {
  if (orgId !== OPERATOR_ORGANISATION_ID) return false;
  if (variable.startsWith('AO_')) return false;
  return [KEY_VARIABLES, ...alsoAllowed].some((pattern) => matches(variable, pattern));
}

/** Without a regular expression of the operator's: `*` alone is special, and nothing here can take long. */
function matches(text: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return text === pattern;
  const end = parts.pop()!;
  if (!text.startsWith(start) || !text.endsWith(end) || text.length < start.length + end.length) return false;
  let from = start.length;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= text.length - end.length;
}

const FILE = /^file:(\/.+)$/;

/** The path that `file:/path` names; null for any other text. */
export const referencedFile = (text: string): string | null => FILE.exec(text)?.[1] ?? null;
