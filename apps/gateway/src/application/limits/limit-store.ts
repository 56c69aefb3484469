import type { KeyValue, LimitDecision, LimitRequest } from '@ao/keyvalue';

/** The store of all limits, and how often it was away. */
export class LimitStore {
  /** Decisions of this gateway alone. */
  fallbacks = 0;

  constructor(private readonly store: Pick<KeyValue, 'takeTokens'>) {}

  /** All or none, in one round trip. */
  async take(requests: readonly LimitRequest[]): Promise<LimitDecision> {
    const decision = await this.store.takeTokens(requests);
    if (decision.local) this.fallbacks += 1;
    return decision;
  }
}
