type LimitKind = 'organisation' | 'team' | 'user' | 'key' | 'end_user' | 'ip' | 'tag';

export interface LimitNumbers {
  requestsPerMinuteMax: number | null;
  tokensPerMinuteMax: number | null;
  concurrencyMax: number | null;
}

/** A limit on the calls of whoever is in a scope, beside those of the keys. */
export interface Limit extends LimitNumbers {
  id: string;
  orgId: string;
  /** `id` null: each one for itself. */
  scope: { kind: LimitKind; id: string | null };
  /** Null: on any. */
  model: string | null;
  createdAtMs: number;
}

/** One without a number would limit nothing. */
export const limitsAnything = (numbers: LimitNumbers): boolean =>
  numbers.requestsPerMinuteMax !== null || numbers.tokensPerMinuteMax !== null || numbers.concurrencyMax !== null;
