/** Where providers put the id of a request; the first one found counts. */
const REQUEST_ID = 'x-ao-provider-request-id';
const LIMIT_PREFIX = 'x-ao-upstream-ratelimit-';

const RENAMED: Readonly<Record<string, string>> = {
  'x-request-id': REQUEST_ID,
  'request-id': REQUEST_ID,
  'apim-request-id': REQUEST_ID,
  'x-amzn-requestid': REQUEST_ID,
  'mistral-correlation-id': REQUEST_ID,
  'x-debug-trace-id': REQUEST_ID,
  // The only place where Bedrock says what an embedding of another maker than Amazon has consumed.
  'x-amzn-bedrock-input-token-count': 'x-ao-upstream-input-tokens',
  'x-amzn-errortype': 'x-ao-upstream-error-type',
  'openai-processing-ms': 'x-ao-upstream-processing-ms',
  'content-type': 'content-type',
  'retry-after': 'retry-after',
  'retry-after-ms': 'retry-after-ms',
};

const LIMIT_NAMES = /^(?:x|anthropic)-ratelimit-([a-z0-9-]{1,64})$/;

/**
 * A provider's response headers under one naming (GW-015): its request id, its rate limits (`x-ao-upstream-ratelimit-*`),
 * content type and retry hints. All others stay behind: cookies, hop-by-hop headers, the length on the wire (which need not
 * be that of the decoded body), the provider's own organisation and infrastructure.
 */
export function normaliseHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    const known = RENAMED[name] ?? limitName(name);
    if (known === null) continue;
    const value = headers[name];
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined && kept[known] === undefined) kept[known] = text;
  }
  return kept;
}

function limitName(name: string): string | null {
  // Cheap first: most headers are neither.
  if (!name.includes('ratelimit-')) return null;
  const match = LIMIT_NAMES.exec(name);
  return match && LIMIT_PREFIX + match[1]!;
}
