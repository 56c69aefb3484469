const RESET_MS = 60_000;
const ORGANIZATION = '00000000-0000-4000-8000-000000000000';
/** Generous figures that never shrink; a test that wants others sets them with `header.<name>`. */
const LIMITS = { requests: 4000, tokens: 4_800_000, 'input-tokens': 4_000_000, 'output-tokens': 800_000 };

/** The id of the request, and the rate limits as of an idle account. */
export function answerHeaders(id: string, nowMs: number): string[] {
  const reset = new Date(nowMs + RESET_MS).toISOString();
  const headers = ['request-id', `req_${id}`, 'anthropic-organization-id', ORGANIZATION];
  for (const [name, limit] of Object.entries(LIMITS)) {
    const prefix = `anthropic-ratelimit-${name}`;
    headers.push(`${prefix}-limit`, String(limit), `${prefix}-remaining`, String(limit), `${prefix}-reset`, reset);
  }
  return headers;
}
