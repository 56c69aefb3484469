import { AppError, type NanoUsd } from '@ao/kernel';

export type TransferState = 'pending' | 'approved' | 'rejected' | 'expired' | 'cancelled';

/** Who asks for a transfer or decides on one. */
export interface TransferParty {
  keyId: string;
  /** The person behind the key, where one is known. */
  userId: string | null;
}

export const partyOf = ({ keyId, userId }: { keyId: string; userId?: string | null | undefined }): TransferParty => ({
  keyId,
  userId: userId ?? null,
});

/** Budget that somebody asks to move from one wallet to another. */
export interface Transfer {
  id: string;
  orgId: string;
  fromWalletId: string;
  toWalletId: string;
  amount: NanoUsd;
  reason: string | null;
  note: string | null;
  /** As stored: one that nobody has looked at since it expired still says pending; `stateAt` tells. */
  state: TransferState;
  requestedBy: TransferParty;
  /** Key that decided; null while pending and when expired. */
  decidedBy: string | null;
  decisionReason: string | null;
  createdAtMs: number;
  expiresAtMs: number;
  decidedAtMs: number | null;
}

/** The state at an instant. The instant of expiry is the first at which nobody can decide any more. */
export function stateAt({ state, expiresAtMs }: Pick<Transfer, 'state' | 'expiresAtMs'>, nowMs: number): TransferState {
  return state === 'pending' && nowMs >= expiresAtMs ? 'expired' : state;
}

/** The transfer as it looks at an instant: expired from its time on, whether or not a job has marked it yet. */
export function seenAt(transfer: Transfer, nowMs: number): Transfer {
  return stateAt(transfer, nowMs) === transfer.state ? transfer : expired(transfer);
}

/** It ended when its time was over, whenever that is noticed. */
export const expired = (transfer: Transfer): Transfer => ({
  ...transfer,
  state: 'expired',
  decidedAtMs: transfer.expiresAtMs,
});

/** Two keys of one person are one requester. */
export const isRequester = ({ requestedBy }: Pick<Transfer, 'requestedBy'>, party: TransferParty): boolean =>
  requestedBy.keyId === party.keyId || (party.userId !== null && requestedBy.userId === party.userId);

export const noTransfer = (id: string): AppError =>
  new AppError('not_found', `There is no transfer ${id}.`, { param: 'id' });

/** The refusal to decide on what is decided. */
export const notPending = ({ id, state }: Pick<Transfer, 'id' | 'state'>): AppError =>
  new AppError('conflict', `The transfer ${id} is ${state}; only a pending one can be decided on.`, {
    details: { state },
  });
