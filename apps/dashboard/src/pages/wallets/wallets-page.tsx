import { useState } from 'react';
import { useBalance, useWallets } from '../../api/queries.js';
import { showCount, showPercent } from '../../format/number.js';
import { showDate } from '../../format/time.js';
import { strings } from '../../strings.js';
import { Empty, QueryView } from '../../ui/states.js';
import { Badge, Code, Usd } from '../../ui/text.js';
import { ApiError } from '../../api/api-error.js';
import { BalanceMeter } from './balance-meter.js';
import { stateOf } from './balance-state.js';
import { toTree, type WalletNode } from './wallet-tree.js';

const text = strings.wallets;

/** Each row asks for its own balance: more at once would only wait in line. */
const ROWS_AT_ONCE = 50;

export function WalletsPage() {
  const wallets = useWallets();
  const [rowsMax, setRowsMax] = useState(ROWS_AT_ONCE);
  return (
    <>
      <p className="lead">{text.lead}</p>
      <div className="card card-flush">
        <QueryView query={wallets} lines={6}>
          {({ rows, complete }) => {
            const nodes = toTree(rows);
            if (nodes.length === 0)
              return (
                <Empty title={text.emptyTitle}>
                  <p>{text.emptyText}</p>
                </Empty>
              );
            return (
              <>
                <WalletsTable nodes={nodes.slice(0, rowsMax)} />
                {nodes.length > rowsMax && (
                  <p className="pager">
                    <button type="button" className="button" onClick={() => setRowsMax(rowsMax + ROWS_AT_ONCE)}>
                      {strings.common.showMore}
                    </button>
                  </p>
                )}
                {!complete && <p className="note note-foot">{strings.common.incomplete(showCount(rows.length))}</p>}
              </>
            );
          }}
        </QueryView>
      </div>
    </>
  );
}

function WalletsTable({ nodes }: { nodes: WalletNode[] }) {
  const { available, limit, spent, held, used, resets } = strings.wallet;
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={strings.pages.wallets}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.name}</th>
            <th scope="col">{used}</th>
            {[available, limit, spent, held].map((heading) => (
              <th key={heading} scope="col" className="number">
                {heading}
              </th>
            ))}
            <th scope="col">{resets}</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <Row key={node.wallet.id} node={node} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ node: { wallet, depth } }: { node: WalletNode }) {
  const { data, error } = useBalance(wallet.id);
  const note = [text.owner[wallet.owner_type], wallet.cost_center].filter(Boolean).join(' · ');
  return (
    <tr className={wallet.active ? undefined : 'faded'}>
      <th scope="row">
        <span className="tree" style={{ paddingInlineStart: `${Math.min(depth, 8) * 1.4}rem` }}>
          {depth > 0 && <span className="tree-line" aria-hidden="true" />}
          <span>
            {wallet.name} {!wallet.active && <Badge>{text.inactive}</Badge>}
            <small className="note">{note}</small>
          </span>
        </span>
      </th>
      {data ? (
        <>
          <td className="meter-cell">
            {data.used_percent !== null && (
              <>
                <BalanceMeter balance={data} />
                <span className={`note tone-${stateOf(data).tone}`}>{showPercent(data.used_percent)}</span>
              </>
            )}
          </td>
          <td className="number">
            {data.available_usd === null ? strings.common.unlimited : <Usd amount={data.available_usd} />}
          </td>
          <td className="number">{data.limit_usd === null ? strings.common.none : <Usd amount={data.limit_usd} />}</td>
          <td className="number">
            <Usd amount={data.spent_usd} />
          </td>
          <td className="number">
            <Usd amount={data.held_usd} />
          </td>
          <td>
            {data.resets_at === null ? (
              strings.wallet.never
            ) : (
              <time dateTime={data.resets_at} title={data.resets_at}>
                {showDate(data.resets_at, wallet.time_zone)}
              </time>
            )}
          </td>
        </>
      ) : (
        <td colSpan={6}>{error ? <RowError error={error} /> : <span className="skeleton" aria-hidden="true" />}</td>
      )}
    </tr>
  );
}

const RowError = ({ error }: { error: unknown }) => (
  <span className="tone-bad" role="alert">
    {error instanceof ApiError ? (
      <>
        <Code>{error.code}</Code> {error.message}
      </>
    ) : (
      strings.errors.unexpected
    )}
  </span>
);
