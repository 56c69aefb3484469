import type { NewTransfer } from '../../api/types.js';

/** The form, as typed. */
export interface TransferForm {
  fromWalletId: string;
  toWalletId: string;
  amount: string;
  reason: string;
}

export const EMPTY_TRANSFER_FORM: TransferForm = { fromWalletId: '', toWalletId: '', amount: '', reason: '' };

/** What to send for a form. What is left empty is left to the API: the reader's own wallet, and the one above it. */
export function toNewTransfer({ fromWalletId, toWalletId, amount, reason }: TransferForm): NewTransfer {
  return {
    ...(fromWalletId.trim() && { from_wallet_id: fromWalletId.trim() }),
    ...(toWalletId.trim() && { to_wallet_id: toWalletId.trim() }),
    amount_usd: amount.trim(),
    reason: reason.trim() || null,
  };
}
