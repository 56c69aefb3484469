import type { KeyValue, LimitState } from '@ao/keyvalue';
import { AppError, sleep as sleepFor, type Logger } from '@ao/kernel';
import { limitsOf, settlement, type CallLimit, type LimitedCall } from './call-limits.js';
import { limitHeaders } from './limit-headers.js';
import { NO_LIMIT_RULES, type LimitRules } from './limit-rules.js';
import { LimitStore } from './limit-store.js';
import { throttleDelayMs, type ThrottleOptions } from './throttle.js';

/** A call that its limits let in. */
export interface Admission {
  /** `X-RateLimit-*`, and OpenAI's names (RL-005). */
  headers: Record<string, string>;
  /** Corrects the token windows to what was used, and gives the slots back. Only the first call counts. */
  finish(tokensUsed: number): void;
}

export interface LimitsOptions {
  /** The limits beside those of the keys, as last published. */
  rules: () => LimitRules;
  throttle: ThrottleOptions;
  sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>;
  /** 0 to 1. */
  random: () => number;
}

const DEFAULTS: LimitsOptions = {
  rules: () => NO_LIMIT_RULES,
  throttle: { delayFromPercent: 80, shedFromPercent: 95, delayMsMax: 1_000 },
  sleep: sleepFor,
  random: Math.random,
};

/** On answers to calls that were decided without the store that replicas share. */
const LOCAL_HEADERS = { 'x-ao-limits': 'local' };

/**
 * Requests and tokens per minute and calls at once, for all that a call belongs to: one round trip to the shared store, exact
 * over replicas.
 */
export class Limits {
  private readonly store: LimitStore;
  private readonly options: LimitsOptions;

  constructor(
    store: LimitStore | Pick<KeyValue, 'takeTokens'>,
    private readonly logger: Logger,
    options: Partial<LimitsOptions> = {},
  ) {
    this.store = store instanceof LimitStore ? store : new LimitStore(store);
    this.options = { ...DEFAULTS, ...options };
  }

  /**
   * Takes a call's share of every limit that applies to it, all or none. A call of low priority waits here while a limit that
   * it shares runs short.
   * @returns null at once for a call without limits.
   * @throws AppError `rate_limit_exceeded` with the time to wait; what the signal was aborted with.
   */
  admit(call: LimitedCall): Promise<Admission> | null {
    const limits = limitsOf(call, this.options.rules(), this.options.throttle);
    return limits.length === 0 ? null : this.take(limits, call);
  }

  private async take(limits: CallLimit[], call: LimitedCall): Promise<Admission> {
    const { allowed, limits: states, local } = await this.store.take(limits.map(({ request }) => request));
    const headers = { ...limitHeaders(limits, states), ...(local && LOCAL_HEADERS) };
    call.onLimits?.(headers);
    if (!allowed) throw refusal(limits, states);
    const admission = this.admission(limits, call, headers);
    await this.slowDown(limits, states, call).catch((error: unknown) => {
      admission.finish(0);
      throw error;
    });
    return admission;
  }

  private admission(
    limits: CallLimit[],
    { callId, tokensBound }: LimitedCall,
    headers: Record<string, string>,
  ): Admission {
    let isOpen = true;
    return {
      headers,
      finish: (tokensUsed) => {
        const requests = isOpen ? settlement(limits, tokensUsed - tokensBound) : [];
        isOpen = false;
        if (requests.length === 0) return;
        // The limit is too strict for a minute, or a slot is taken until its lease ends: worth a line, not a failure.
        this.store
          .take(requests)
          .catch((error: unknown) => this.logger.warn({ err: error, callId }, 'a limit could not be corrected'));
      },
    };
  }

  private async slowDown(limits: CallLimit[], states: LimitState[], { principal, signal }: LimitedCall): Promise<void> {
    const { throttle, random, sleep } = this.options;
    const utilisation = Math.max(
      0,
      ...states.filter((_state, index) => limits[index]!.isShared).map(({ remaining, limit }) => 1 - remaining / limit),
    );
    const delayMs = throttleDelayMs(principal.priority, utilisation, throttle, random());
    if (delayMs === 0) return;
    await sleep(delayMs, signal ?? undefined);
    signal?.throwIfAborted();
  }
}

const NAMES: Record<CallLimit['measure'], string> = {
  requests: 'requests per minute',
  tokens: 'tokens per minute',
  calls: 'calls at once',
};

function refusal(limits: CallLimit[], states: LimitState[]): AppError {
  const index = states.findIndex(({ allowed }) => !allowed);
  const { measure, whose, request } = limits[index]!;
  const { limit } = states[index]!;
  // Until all of them let it in.
  const waitMs = Math.max(...states.map(({ retryAfterMs }) => retryAfterMs));
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  const isReached = request.spare ? 'has little left, which is not for calls of low priority' : 'is reached';
  return new AppError(
    'rate_limit_exceeded',
    `The limit of ${limit} ${NAMES[measure]} for ${whose} ${isReached}. Try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
}
