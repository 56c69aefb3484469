import { toOutboxEvent } from '@ao/runtime';
import { walletEntryPostedV1, walletThresholdCrossedV1 } from '@ao/contracts';
import type { EncodedEvent } from '@ao/bus';
import type { Clock, IdGenerator } from '@ao/kernel';
import type { Entry } from '../domain/entry.js';
import type { Crossing } from '../domain/threshold.js';
import type { RecordedEntry } from './ports.js';

/** Makes the events that tell of the ledger; storing them is the caller's part. */
export class WalletEvents {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  entryPosted = (entry: Entry): { entry: RecordedEntry; event: EncodedEvent } => {
    const id = this.ids.next('ent');
    const postedAtMs = this.clock.nowMs();
    const postedAt = new Date(postedAtMs).toISOString();
    const { walletId, orgId, kind, amount, requestId, periodKey } = entry;
    const event = toOutboxEvent(walletEntryPostedV1, {
      id,
      occurredAt: postedAt,
      requestId: requestId ?? undefined,
      payload: { entryId: id, walletId, orgId, kind, amount, requestId, periodKey, postedAt },
    });
    return { entry: { ...entry, id, postedAtMs }, event };
  };

  /** @param correlationId The caller's own id of the request that crossed it. */
  thresholdCrossed(crossing: Crossing, correlationId: string | undefined): EncodedEvent {
    const { wallet, percent, limit, spent, periodKey, requestId } = crossing;
    const crossedAt = new Date(this.clock.nowMs()).toISOString();
    return toOutboxEvent(walletThresholdCrossedV1, {
      id: this.ids.next('evt'),
      occurredAt: crossedAt,
      requestId: correlationId,
      payload: {
        walletId: wallet.id,
        walletName: wallet.name,
        orgId: wallet.orgId,
        thresholdPercent: percent,
        limit,
        spent,
        periodKey,
        requestId,
        crossedAt,
      },
    });
  }
}
