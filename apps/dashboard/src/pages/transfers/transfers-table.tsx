import type { Transfer, TransferDecision, TransferState } from '../../api/types.js';
import { strings } from '../../strings.js';
import { Badge, Code, Time, Usd, type Tone } from '../../ui/text.js';

const text = strings.transfers;
const TONES: Record<TransferState, Tone> = {
  pending: 'warn',
  approved: 'good',
  rejected: 'bad',
  expired: 'plain',
  cancelled: 'plain',
};

export interface TransfersTableProps {
  rows: Transfer[];
  walletName: (id: string) => string;
  /** What the reader may do with one that is pending. */
  decisions: readonly TransferDecision[];
  onDecide: (transfer: Transfer, decision: TransferDecision) => void;
}

/** Ids begin with their time: their ends tell them apart. */
const ID_END_LENGTH = 8;

export function TransfersTable({ rows, ...rest }: TransfersTableProps) {
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={strings.pages.transfers}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.time}</th>
            <th scope="col">{text.from}</th>
            <th scope="col">{text.to}</th>
            <th scope="col" className="number">
              {text.amount}
            </th>
            <th scope="col">{text.reason}</th>
            <th scope="col">{text.state}</th>
            <th scope="col">
              <span className="visually-hidden">{text.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((transfer) => (
            <Row key={transfer.id} transfer={transfer} {...rest} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  transfer,
  walletName,
  decisions,
  onDecide,
}: { transfer: Transfer } & Omit<TransfersTableProps, 'rows'>) {
  return (
    <tr>
      <th scope="row">
        <Time at={transfer.created_at} />
        <small className="note" title={transfer.requested_by}>
          {text.by} <Code>{`…${transfer.requested_by.slice(-ID_END_LENGTH)}`}</Code>
        </small>
      </th>
      <td>{walletName(transfer.from_wallet_id)}</td>
      <td>{walletName(transfer.to_wallet_id)}</td>
      <td className="number">
        <Usd amount={transfer.amount_usd} />
      </td>
      <td>
        {transfer.reason ?? strings.common.none}
        {transfer.note && <small className="note">{transfer.note}</small>}
      </td>
      <td>
        <Badge tone={TONES[transfer.state]}>{text.states[transfer.state]}</Badge>
        <small className="note">
          <StateNote transfer={transfer} />
        </small>
      </td>
      <td className="number">
        {transfer.state === 'pending' &&
          decisions.map((decision) => (
            <button
              key={decision}
              type="button"
              className={`button ${decision === 'approve' ? '' : 'button-bad'}`}
              aria-label={text.decideOn(text.decide[decision].action, walletName(transfer.to_wallet_id))}
              onClick={() => onDecide(transfer, decision)}
            >
              {text.decide[decision].action}
            </button>
          ))}
      </td>
    </tr>
  );
}

function StateNote({
  transfer: { decided_at: decidedAt, decision_reason: reason, expires_at: expiresAt },
}: {
  transfer: Transfer;
}) {
  if (decidedAt === null)
    return (
      <>
        {text.until} <Time at={expiresAt} />
      </>
    );
  return (
    <>
      <Time at={decidedAt} /> {reason}
    </>
  );
}
