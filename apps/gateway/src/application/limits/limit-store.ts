import type { KeyValue, LimitDecision, LimitRequest } from '@ao/keyvalue';

/** A slot whose gateway died is free again after this. */
export const SLOT_LEASE_MS = 60_000;

type SlotRequest = Extract<LimitRequest, { kind: 'slots' }>;

/** The store of all limits: keeps the slots of calls under way, however long they last, and counts how often it was away. */
export class LimitStore {
  /** Decisions of this gateway alone. */
  fallbacks = 0;
  private readonly held = new Map<string, SlotRequest>();
  private renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: Pick<KeyValue, 'takeTokens'>,
    private readonly renewEveryMs = SLOT_LEASE_MS / 3,
  ) {}

  /** All or none, in one round trip. */
  async take(requests: readonly LimitRequest[]): Promise<LimitDecision> {
    const decision = await this.store.takeTokens(requests);
    if (decision.local) this.fallbacks += 1;
    if (decision.allowed) for (const request of requests) if (request.kind === 'slots') this.note(request);
    return decision;
  }

  private note(slot: SlotRequest): void {
    const name = `${slot.key}\n${slot.holder}`;
    if (slot.release) this.held.delete(name);
    else this.held.set(name, slot);
    if (this.held.size === 0) {
      clearInterval(this.renewal);
      this.renewal = undefined;
    } else this.renewal ??= setInterval(() => this.renew(), this.renewEveryMs).unref();
  }

  /** Each by itself: one that was lost meanwhile must not keep the others from being renewed. */
  private renew(): void {
    for (const slot of this.held.values()) {
      // What fails now is tried again before the lease ends.
      this.store.takeTokens([slot]).catch(() => undefined);
    }
  }
}
