import { settlement, type CallLimit } from './call-limits.js';
import { SLOT_LEASE_MS, type LimitStore } from './limit-store.js';

const MINUTE_MS = 60_000;

/** What a provider lets a deployment do; null for no limit. */
export interface DeploymentCapacity {
  id: string;
  requestsPerMinuteMax: number | null;
  tokensPerMinuteMax: number | null;
  concurrencyMax: number | null;
}

/** A share of a deployment, to be given back when the attempt has ended. */
export interface DeploymentShare {
  kind: 'admitted';
  /** Corrects the tokens to what was used, and gives the slot back. Only the first call counts. */
  finish(tokensUsed: number): void;
}

export type DeploymentAnswer = DeploymentShare | { kind: 'refused'; retryAfterMs: number };

const UNLIMITED: DeploymentShare = { kind: 'admitted', finish: () => undefined };

/** Keeps deployments within what their providers allow, over all replicas (RT-015). */
export class DeploymentLimits {
  /** @param onError Told when a share could not be given back; it is free again after its lease. */
  constructor(
    private readonly store: LimitStore,
    private readonly onError: (error: unknown) => void,
  ) {}

  /**
   * Takes an attempt's share of a deployment: requests, tokens and a slot, all or none, in one round trip; at once where the
   * deployment has no limits.
   * @param attemptId Unique for each attempt: two at once of one call need two slots.
   */
  take(
    deployment: DeploymentCapacity,
    attemptId: string,
    tokensBound: number,
  ): Promise<DeploymentAnswer> | DeploymentShare {
    const limits = limitsOf(deployment, attemptId, tokensBound);
    return limits.length === 0 ? UNLIMITED : this.takeAll(limits, tokensBound);
  }

  private async takeAll(limits: DeploymentLimit[], tokensBound: number): Promise<DeploymentAnswer> {
    const { allowed, limits: states } = await this.store.take(limits.map(({ request }) => request));
    if (!allowed) return { kind: 'refused', retryAfterMs: Math.max(1, ...states.map((state) => state.retryAfterMs)) };
    let isOpen = true;
    return {
      kind: 'admitted',
      finish: (tokensUsed) => {
        const requests = isOpen ? settlement(limits, tokensUsed - tokensBound) : [];
        isOpen = false;
        if (requests.length > 0) this.store.take(requests).catch(this.onError);
      },
    };
  }
}

type DeploymentLimit = Pick<CallLimit, 'request' | 'measure'>;

function limitsOf(deployment: DeploymentCapacity, holder: string, tokensBound: number): DeploymentLimit[] {
  const { id, requestsPerMinuteMax, tokensPerMinuteMax, concurrencyMax } = deployment;
  const key = (measure: string): string => `${measure}:deployment:${id}`;
  const limits: DeploymentLimit[] = [];
  if (requestsPerMinuteMax !== null) {
    const bucket = { kind: 'bucket', capacity: requestsPerMinuteMax, refillMs: MINUTE_MS, amount: 1 } as const;
    limits.push({ measure: 'requests', request: { ...bucket, key: key('requests') } });
  }
  if (tokensPerMinuteMax !== null) {
    const window = { kind: 'window', limit: tokensPerMinuteMax, windowMs: MINUTE_MS, amount: tokensBound } as const;
    limits.push({ measure: 'tokens', request: { ...window, key: key('tokens') } });
  }
  if (concurrencyMax !== null) {
    const slots = { kind: 'slots', limit: concurrencyMax, holder, leaseMs: SLOT_LEASE_MS } as const;
    limits.push({ measure: 'calls', request: { ...slots, key: key('calls') } });
  }
  return limits;
}
