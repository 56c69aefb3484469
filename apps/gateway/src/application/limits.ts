import type { Principal } from '@ao/contracts';
import type { KeyValue, LimitRequest, LimitState } from '@ao/keyvalue';
import { AppError, type Logger } from '@ao/kernel';

const MINUTE_MS = 60_000;
/** A slot whose gateway died is free again after this. */
const SLOT_LEASE_MS = 900_000;

/** A call that its key's limits let in. */
export interface Admission {
  /** `X-RateLimit-*` of the limit with the least left (RL-005). */
  headers: Record<string, string>;
  /** Corrects the token window to what was used, and gives the slot back. */
  finish(tokensUsed: number): void;
}

/** Requests and tokens per minute and calls at once, per key: one round trip to the shared store, exact over replicas. */
export class Limits {
  constructor(
    private readonly store: Pick<KeyValue, 'takeTokens' | 'releaseSlots'>,
    private readonly logger: Logger,
  ) {}

  /**
   * Takes a call's share of its key's limits, all or none.
   * @param tokensBound Never below the tokens of the prompt; corrected when the call ends.
   * @returns null at once for a key without limits.
   * @throws AppError `rate_limit_exceeded` with the time to wait.
   */
  admit(principal: Principal, callId: string, tokensBound: number): Promise<Admission> | null {
    const requests = requestsFor(principal, callId, tokensBound);
    return requests.length === 0 ? null : this.take(requests, principal, callId, tokensBound);
  }

  private async take(
    requests: LimitRequest[],
    principal: Principal,
    callId: string,
    tokensBound: number,
  ): Promise<Admission> {
    const { allowed, limits } = await this.store.takeTokens(requests);
    if (!allowed) throw refusal(requests, limits);
    return {
      headers: headersOf(limits),
      finish: (tokensUsed) => {
        const given = this.settle(principal, callId, tokensUsed - tokensBound);
        // The limit is too strict for a minute, or a slot is taken until its lease ends: worth a line, not a failure.
        given.catch((error: unknown) => this.logger.warn({ err: error, callId }, 'a limit could not be corrected'));
      },
    };
  }

  private async settle(
    { keyId, tokensPerMinuteMax, concurrencyMax }: Principal,
    callId: string,
    correction: number,
  ): Promise<void> {
    if (tokensPerMinuteMax !== null && correction !== 0) {
      await this.store.takeTokens([{ ...tokenWindow(keyId, tokensPerMinuteMax, correction), force: true }]);
    }
    if (concurrencyMax !== null) await this.store.releaseSlots([{ key: slotsKey(keyId), holder: callId }]);
  }
}

function requestsFor(
  { keyId, requestsPerMinuteMax, tokensPerMinuteMax, concurrencyMax }: Principal,
  callId: string,
  tokensBound: number,
): LimitRequest[] {
  const requests: LimitRequest[] = [];
  if (requestsPerMinuteMax !== null) {
    requests.push({
      kind: 'bucket',
      key: `requests:${keyId}`,
      capacity: requestsPerMinuteMax,
      refillMs: MINUTE_MS,
      amount: 1,
    });
  }
  if (tokensPerMinuteMax !== null) requests.push(tokenWindow(keyId, tokensPerMinuteMax, tokensBound));
  if (concurrencyMax !== null) {
    requests.push({
      kind: 'slots',
      key: slotsKey(keyId),
      limit: concurrencyMax,
      holder: callId,
      leaseMs: SLOT_LEASE_MS,
    });
  }
  return requests;
}

const slotsKey = (keyId: string): string => `calls:${keyId}`;
const tokenWindow = (keyId: string, limit: number, amount: number): LimitRequest & { kind: 'window' } => ({
  kind: 'window',
  key: `tokens:${keyId}`,
  limit,
  windowMs: MINUTE_MS,
  amount,
});

const NAMES: Record<LimitRequest['kind'], string> = {
  bucket: 'requests per minute',
  window: 'tokens per minute',
  slots: 'calls at once',
};

function refusal(requests: LimitRequest[], limits: LimitState[]): AppError {
  const index = limits.findIndex(({ allowed }) => !allowed);
  const { limit, retryAfterMs } = limits[index]!;
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new AppError(
    'rate_limit_exceeded',
    `This key's limit of ${limit} ${NAMES[requests[index]!.kind]} is reached. Try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
}

function headersOf(limits: LimitState[]): Record<string, string> {
  const tightest = limits.reduce((least, state) =>
    state.remaining / state.limit < least.remaining / least.limit ? state : least,
  );
  return {
    'x-ratelimit-limit': String(tightest.limit),
    'x-ratelimit-remaining': String(tightest.remaining),
    'x-ratelimit-reset': String(Math.ceil(tightest.resetMs / 1_000)),
  };
}
