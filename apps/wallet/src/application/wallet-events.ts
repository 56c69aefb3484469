import { toOutboxEvent } from '@ao/runtime';
import {
  walletAutoTopUpRequestedV1,
  walletEntriesPostedV1,
  walletLedgerViolatedV1,
  walletThresholdCrossedV1,
} from '@ao/contracts';
import type { EncodedEvent } from '@ao/bus';
import type { Clock, IdGenerator } from '@ao/kernel';
import { availableOf, type PeriodBalance } from '../domain/balance.js';
import { effectOf, type Entry } from '../domain/entry.js';
import type { Crossing } from '../domain/threshold.js';
import type { Wallet } from '../domain/wallet.js';
import type { LedgerViolation, RecordedEntries, RecordedEntry } from './ports.js';

/** Some 60 kB of JSON: far below what a message may take. */
const ENTRIES_PER_EVENT_MAX = 200;

/** Makes the events that tell of the ledger; storing them is the caller's part. */
export class WalletEvents {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  entriesPosted = (entries: readonly Entry[]): RecordedEntries => {
    const postedAtMs = this.clock.nowMs();
    const recorded = entries.map((entry) => ({ ...entry, id: this.ids.next('ent'), postedAtMs }));
    const events: EncodedEvent[] = [];
    for (let first = 0; first < recorded.length; first += ENTRIES_PER_EVENT_MAX) {
      events.push(toEntriesEvent(recorded.slice(first, first + ENTRIES_PER_EVENT_MAX)));
    }
    return { entries: recorded, events };
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

function toEntriesEvent(recorded: readonly RecordedEntry[]): EncodedEvent {
  const [first] = recorded;
  const occurredAt = new Date(first!.postedAtMs).toISOString();
  const entries = recorded.map((entry) => {
    const { id: entryId, walletId, orgId, kind, requestId, periodKey } = entry;
    const amount = kind === 'adjustment' ? effectOf(entry).spent : entry.amount;
    return { entryId, walletId, orgId, kind, amount, requestId, periodKey, postedAt: occurredAt };
  });
  const requestId = recorded.length === 1 ? (first!.requestId ?? undefined) : undefined;
  return toOutboxEvent(walletEntriesPostedV1, { id: first!.id, occurredAt, requestId, payload: { entries } });
}
