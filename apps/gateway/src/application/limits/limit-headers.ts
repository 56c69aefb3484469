import type { LimitState } from '@ao/keyvalue';
import type { CallLimit, Measure } from './call-limits.js';

type Described = readonly [Pick<CallLimit, 'measure'>, LimitState];

/**
 * What an answer tells of the limits of its call (RL-005): `X-RateLimit-*` of the limit that refused, else of the one with the
 * least left, reset in seconds; and OpenAI's names for requests and tokens apart.
 */
export function limitHeaders(
  limits: readonly Pick<CallLimit, 'measure'>[],
  states: readonly LimitState[],
): Record<string, string> {
  const all = limits.map((limit, index): Described => [limit, states[index]!]);
  const requests = tightest(all, 'requests');
  const tokens = tightest(all, 'tokens');
  const refused = all.find(([, state]) => !state.allowed);
  const main = refused ?? tighter(requests, tokens) ?? tightest(all, 'calls')!;
  const [{ measure }, { limit, remaining, resetMs, retryAfterMs }] = main;
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    // When a slot comes free nobody can tell: only when it is worth to ask again.
    'x-ratelimit-reset': String(Math.ceil((measure === 'calls' ? retryAfterMs : resetMs) / 1_000)),
    ...(requests && openAiHeaders('requests', requests[1])),
    ...(tokens && openAiHeaders('tokens', tokens[1])),
  };
}

function openAiHeaders(of: 'requests' | 'tokens', { limit, remaining, resetMs }: LimitState): Record<string, string> {
  return {
    [`x-ratelimit-limit-${of}`]: String(limit),
    [`x-ratelimit-remaining-${of}`]: String(remaining),
    [`x-ratelimit-reset-${of}`]: formatDuration(resetMs),
  };
}

function tightest(all: readonly Described[], measure: Measure): Described | undefined {
  let found: Described | undefined;
  for (const described of all) if (described[0].measure === measure) found = tighter(found, described);
  return found;
}

const leftOf = ([, { remaining, limit }]: Described): number => remaining / limit;

function tighter(one: Described | undefined, other: Described | undefined): Described | undefined {
  if (!one || !other) return one ?? other;
  return leftOf(other) < leftOf(one) ? other : one;
}

/** As OpenAI writes it: `120ms`, `1s`, `8.64s`, `6m0s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs > 0 && durationMs < 1_000) return `${durationMs}ms`;
  const minutes = Math.floor(durationMs / 60_000);
  const seconds = (durationMs - minutes * 60_000) / 1_000;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
