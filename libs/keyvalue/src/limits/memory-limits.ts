import type { Clock } from '@ao/kernel';
import { LRUCache } from 'lru-cache';
import { decideBucket, describeBucket, type BucketUse } from './bucket.js';
import { checkLimitRequests, type LimitDecision, type LimitRequest, type LimitState } from './limit.js';
import { allowsSlot, describeSlots, dropEnded, keepSlot, type SlotUse } from './slots.js';
import { decideWindow, describeWindow, type WindowUse } from './window.js';

interface Decision {
  allowed: boolean;
  keep: () => void;
  describe: (taken: boolean) => LimitState;
}

/** The limits of one process, or of all processes while Redis is away. The keys used least lately are forgotten first. */
export class MemoryLimits {
  private readonly uses: LRUCache<string, BucketUse | WindowUse | SlotUse>;

  constructor(
    private readonly clock: Clock,
    keysMax: number,
  ) {
    this.uses = new LRUCache({ max: keysMax });
  }

  take(requests: readonly LimitRequest[]): LimitDecision {
    checkLimitRequests(requests);
    // Never the wall clock, which may jump; whole, as Redis's is.
    const nowMs = Math.floor(this.clock.monotonicMs());
    const decisions = requests.map((request) => this.decide(request, nowMs));
    const allowed = decisions.every((decision) => decision.allowed);
    if (allowed) decisions.forEach((decision) => decision.keep());
    return { allowed, limits: decisions.map((decision) => decision.describe(allowed)) };
  }

  private decide(request: LimitRequest, nowMs: number): Decision {
    switch (request.kind) {
      case 'bucket': {
        const decision = decideBucket(this.uses.get(request.key) as BucketUse | undefined, request, nowMs);
        return this.toDecision(request.key, decision, (use) => describeBucket(use, request, decision.allowed));
      }
      case 'window': {
        const decision = decideWindow(this.uses.get(request.key) as WindowUse | undefined, request, nowMs);
        return this.toDecision(request.key, decision, (use) => describeWindow(use, request, decision.allowed));
      }
      case 'slots': {
        const use = (this.uses.get(request.key) as SlotUse | undefined) ?? new Map<string, number>();
        dropEnded(use, nowMs);
        const allowed = allowsSlot(use, request);
        return {
          allowed,
          keep: () => {
            keepSlot(use, request, nowMs);
            this.uses.set(request.key, use);
          },
          describe: () => describeSlots(use, request, allowed),
        };
      }
    }
  }

  private toDecision<U extends BucketUse | WindowUse>(
    key: string,
    decision: { allowed: boolean; granted: U; refused: U },
    describe: (use: U) => LimitState,
  ): Decision {
    return {
      allowed: decision.allowed,
      keep: () => void this.uses.set(key, decision.granted),
      describe: (taken) => describe(taken ? decision.granted : decision.refused),
    };
  }
}
