import { useState } from 'react';
import { useTransfers, useWallets } from '../../api/queries.js';
import type { Transfer, TransferDecision, TransferState } from '../../api/types.js';
import { showCount } from '../../format/number.js';
import { strings } from '../../strings.js';
import { Select } from '../../ui/field.js';
import { Empty, QueryView } from '../../ui/states.js';
import { DecideTransferDialog } from './decide-transfer-dialog.js';
import { RequestTransferDialog } from './request-transfer-dialog.js';
import { TransfersTable } from './transfers-table.js';

const text = strings.transfers;

type Filter = TransferState | 'all';
const FILTERS: readonly (readonly [Filter, string])[] = [
  ['pending', text.states.pending],
  ['approved', text.states.approved],
  ['rejected', text.states.rejected],
  ['expired', text.states.expired],
  ['cancelled', text.states.cancelled],
  ['all', text.all],
];

/** What waits for a decision, and what became of the rest. */
export function TransfersPage() {
  const [filter, setFilter] = useState<Filter>('pending');
  const transfers = useTransfers(filter === 'all' ? null : filter);
  const wallets = useWallets();
  const [requesting, setRequesting] = useState(false);
  const [deciding, setDeciding] = useState<{ transfer: Transfer; decision: TransferDecision } | null>(null);
  const known = wallets.data?.rows ?? null;
  const walletName = (id: string): string => known?.find((wallet) => wallet.id === id)?.name ?? id;
  return (
    <>
      <p className="lead">{text.lead}</p>
      <div className="toolbar">
        <button type="button" className="button button-primary" onClick={() => setRequesting(true)}>
          {text.request}
        </button>
        <Select label={text.state} value={filter} options={FILTERS} onChange={setFilter} />
      </div>
      <div className="card card-flush">
        <QueryView query={transfers} lines={6}>
          {({ rows, complete }) => (
            <>
              {rows.length === 0 ? (
                <Empty title={text.emptyTitle}>
                  <p>{text.emptyText}</p>
                </Empty>
              ) : (
                <TransfersTable
                  rows={rows}
                  walletName={walletName}
                  // Whoever may list the wallets is an admin; all others see their own requests only.
                  decisions={known ? ['approve', 'reject'] : ['cancel']}
                  onDecide={(transfer, decision) => setDeciding({ transfer, decision })}
                />
              )}
              {!complete && <p className="note note-foot">{strings.common.incomplete(showCount(rows.length))}</p>}
            </>
          )}
        </QueryView>
      </div>
      {requesting && <RequestTransferDialog wallets={known} onClose={() => setRequesting(false)} />}
      {deciding && <DecideTransferDialog {...deciding} walletName={walletName} onClose={() => setDeciding(null)} />}
    </>
  );
}
