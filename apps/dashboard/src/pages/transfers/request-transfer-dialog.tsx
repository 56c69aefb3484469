import { useState, type FormEvent } from 'react';
import { useRequestTransfer } from '../../api/queries.js';
import type { Wallet } from '../../api/types.js';
import { strings } from '../../strings.js';
import { Dialog } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { ErrorNotice } from '../../ui/states.js';
import { EMPTY_TRANSFER_FORM, toNewTransfer, type TransferForm } from './new-transfer.js';

const text = strings.transfers;

export interface RequestTransferDialogProps {
  /** Null: the reader may not list wallets, and names them by id, or not at all. */
  wallets: Wallet[] | null;
  onClose: () => void;
}

export function RequestTransferDialog({ wallets, onClose }: RequestTransferDialogProps) {
  const request = useRequestTransfer();
  const [form, setForm] = useState(EMPTY_TRANSFER_FORM);
  const set = (change: Partial<TransferForm>): void => setForm({ ...form, ...change });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    request.mutate(toNewTransfer(form), { onSuccess: onClose });
  };
  return (
    <Dialog title={text.request} onClose={onClose}>
      <form onSubmit={submit}>
        <WalletField
          label={text.to}
          left={text.ownWallet}
          wallets={wallets}
          value={form.toWalletId}
          onChange={(toWalletId) => set({ toWalletId })}
        />
        <WalletField
          label={text.from}
          left={text.walletAbove}
          wallets={wallets}
          value={form.fromWalletId}
          onChange={(fromWalletId) => set({ fromWalletId })}
        />
        <Field label={text.amountUsd}>
          {(attributes) => (
            <input
              {...attributes}
              required
              autoFocus
              inputMode="decimal"
              pattern="\s*\d{1,9}(\.\d{1,9})?\s*"
              placeholder="12.50"
              value={form.amount}
              onChange={(event) => set({ amount: event.target.value })}
            />
          )}
        </Field>
        <Field label={text.reason} hint={text.reasonHint}>
          {(attributes) => (
            <input
              {...attributes}
              maxLength={500}
              value={form.reason}
              onChange={(event) => set({ reason: event.target.value })}
            />
          )}
        </Field>
        {request.error && <ErrorNotice error={request.error} />}
        <p className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {strings.common.cancel}
          </button>
          <button type="submit" className="button button-primary" disabled={request.isPending}>
            {request.isPending ? text.requesting : text.requestAction}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

interface WalletFieldProps {
  label: string;
  /** What it means to choose none. */
  left: string;
  wallets: Wallet[] | null;
  value: string;
  onChange: (walletId: string) => void;
}

function WalletField({ label, left, wallets, value, onChange }: WalletFieldProps) {
  if (wallets === null)
    return (
      <Field label={label} hint={text.walletIdHint(left)}>
        {(attributes) => (
          <input
            {...attributes}
            spellCheck={false}
            maxLength={128}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
    );
  return (
    <Field label={label}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{left}</option>
          {wallets
            .filter(({ active }) => active)
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
        </select>
      )}
    </Field>
  );
}
