import { useState, type FormEvent } from 'react';
import { useDecideTransfer } from '../../api/queries.js';
import type { Transfer, TransferDecision } from '../../api/types.js';
import { strings } from '../../strings.js';
import { Fact, Facts } from '../../ui/card.js';
import { Dialog } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { ErrorNotice } from '../../ui/states.js';
import { Usd } from '../../ui/text.js';

const text = strings.transfers;

export interface DecideTransferDialogProps {
  transfer: Transfer;
  decision: TransferDecision;
  walletName: (id: string) => string;
  onClose: () => void;
}

/** Shows once more what is decided on: nobody can take it back. */
export function DecideTransferDialog({ transfer, decision, walletName, onClose }: DecideTransferDialogProps) {
  const decide = useDecideTransfer();
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = decision === 'reject' ? { reason: reason.trim() || null } : {};
    decide.mutate({ id: transfer.id, decision, body }, { onSuccess: onClose });
  };
  return (
    <Dialog title={text.decide[decision].title} onClose={onClose}>
      <form onSubmit={submit}>
        <Facts>
          <Fact name={text.amount}>
            <Usd amount={transfer.amount_usd} />
          </Fact>
          <Fact name={text.from}>{walletName(transfer.from_wallet_id)}</Fact>
          <Fact name={text.to}>{walletName(transfer.to_wallet_id)}</Fact>
        </Facts>
        <p>{text.decide[decision].text}</p>
        {decision === 'reject' && (
          <Field label={text.reason}>
            {(attributes) => (
              <input
                {...attributes}
                autoFocus
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        )}
        {decide.error && <ErrorNotice error={decide.error} />}
        <p className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {strings.common.close}
          </button>
          <button
            type="submit"
            className={`button ${decision === 'approve' ? 'button-primary' : 'button-bad'}`}
            disabled={decide.isPending}
          >
            {decide.isPending ? text.deciding : text.decide[decision].action}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
