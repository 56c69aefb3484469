import type { EncodedEvent } from '@ao/bus';
import {
  transferDecidedV1,
  transferRequestedV1,
  walletActionPerformedV1,
  type Actor,
  type PayloadOf,
} from '@ao/contracts';
import { formatUsd, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, toOutboxEvent } from '@ao/runtime';
import type { Transfer, TransferState } from '../domain/transfer.js';
import type { WalletNames } from './transfer-ports.js';

const AUDIT_ACTIONS: Record<TransferState, string> = {
  pending: 'transfer.request',
  approved: 'transfer.approve',
  rejected: 'transfer.reject',
  expired: 'transfer.expire',
  cancelled: 'transfer.cancel',
};

/** Makes the events that tell of a transfer, the audit's among them; storing them is the caller's part. */
export class TransferEvents {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  requested(transfer: Transfer, names: WalletNames, actor: Actor): EncodedEvent[] {
    const payload = toRequest(transfer, names);
    return [this.event(transferRequestedV1, payload, payload.requestedAt, actor), this.audit(transfer, actor)];
  }

  /** @param actor Who decided; null: nobody did in time. */
  decided(transfer: Transfer, names: WalletNames, actor: Actor | null): EncodedEvent[] {
    const { state, decidedBy, decisionReason, decidedAtMs } = transfer;
    if (state === 'pending') throw new Error(`the transfer ${transfer.id} is not decided`);
    const decidedAt = toTimestamp(decidedAtMs!);
    const payload = { ...toRequest(transfer, names), state, decidedBy, decisionReason, decidedAt };
    return [this.event(transferDecidedV1, payload, decidedAt, actor), this.audit(transfer, actor ?? system(transfer))];
  }

  private event<C extends typeof transferRequestedV1 | typeof transferDecidedV1>(
    contract: C,
    payload: PayloadOf<C>,
    occurredAt: string,
    actor: Actor | null,
  ): EncodedEvent {
    return toOutboxEvent(contract, { id: this.ids.next('evt'), occurredAt, requestId: actor?.requestId, payload });
  }

  private audit({ id, state, amount, fromWalletId, toWalletId }: Transfer, actor: Actor): EncodedEvent {
    const metadata = { from_wallet_id: fromWalletId, to_wallet_id: toWalletId, amount_usd: formatUsd(amount) };
    const by = { actor, clock: this.clock, ids: this.ids };
    return auditEvent(walletActionPerformedV1, by, { action: AUDIT_ACTIONS[state], targetId: id, metadata });
  }
}

const system = ({ orgId }: Transfer): Actor => ({ orgId, keyId: 'system', role: 'owner' });
const toTimestamp = (atMs: number): string => new Date(atMs).toISOString();

function toRequest(transfer: Transfer, names: WalletNames): PayloadOf<typeof transferRequestedV1> {
  const { id: transferId, orgId, fromWalletId, toWalletId, amount, reason, note, requestedBy } = transfer;
  return {
    transferId,
    orgId,
    fromWalletId,
    fromWalletName: names.get(fromWalletId)!,
    toWalletId,
    toWalletName: names.get(toWalletId)!,
    amount,
    reason,
    note,
    requestedBy: requestedBy.keyId,
    requestedAt: toTimestamp(transfer.createdAtMs),
    expiresAt: toTimestamp(transfer.expiresAtMs),
  };
}
