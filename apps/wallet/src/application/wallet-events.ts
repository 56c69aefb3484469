import { toOutboxEvent } from '@ao/runtime';
import {
  walletAutoTopUpRequestedV1,
  walletEntryPostedV1,
  walletLedgerViolatedV1,
  walletThresholdCrossedV1,
} from '@ao/contracts';
import type { EncodedEvent } from '@ao/bus';
import type { Clock, IdGenerator } from '@ao/kernel';
import { availableOf, type PeriodBalance } from '../domain/balance.js';
import { effectOf, type Entry } from '../domain/entry.js';
import type { Crossing } from '../domain/threshold.js';
import type { Wallet } from '../domain/wallet.js';
import type { LedgerViolation, RecordedEntry } from './ports.js';

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
    const { walletId, orgId, kind, requestId, periodKey } = entry;
    const amount = kind === 'adjustment' ? effectOf(entry).spent : entry.amount;
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

  /** @param wallet One that is to be topped up. */
  autoTopUpRequested(wallet: Wallet, balance: PeriodBalance): EncodedEvent {
    const id = this.ids.next('tur');
    const requestedAt = new Date(this.clock.nowMs()).toISOString();
    return toOutboxEvent(walletAutoTopUpRequestedV1, {
      id,
      occurredAt: requestedAt,
      payload: {
        topUpRequestId: id,
        walletId: wallet.id,
        walletName: wallet.name,
        orgId: wallet.orgId,
        available: availableOf(wallet, balance)!,
        ...wallet.autoTopUp!,
        requestedAt,
      },
    });
  }

  /** Nothing for a violation that belongs to no wallet. Its id is the same all day: a fault is told of once a day. */
  ledgerViolated({ law, walletId, orgId, periodKey, expected, found }: LedgerViolation): EncodedEvent[] {
    if (walletId === null || orgId === null || periodKey === null) return [];
    const foundAt = new Date(this.clock.nowMs()).toISOString();
    const event = toOutboxEvent(walletLedgerViolatedV1, {
      id: `violation:${law}:${walletId}:${periodKey}:${foundAt.slice(0, 10)}`,
      occurredAt: foundAt,
      payload: { walletId, orgId, periodKey, law, expected, found, foundAt },
    });
    return [event];
  }
}
