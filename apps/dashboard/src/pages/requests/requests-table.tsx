import type { ReactNode } from 'react';
import type { RequestRow } from '../../api/types.js';
import { showCount, showDuration } from '../../format/number.js';
import { toHref, type Route } from '../../routing/route.js';
import { navigate } from '../../routing/use-route.js';
import { strings } from '../../strings.js';
import { Badge, Time, Usd } from '../../ui/text.js';
import { StatusBadge } from './status-badge.js';
import { inputTokensOf, outputTokensOf } from './usage.js';

export type SortField = 'started_at' | 'latency' | 'cost';

export interface RequestsTableProps {
  rows: RequestRow[];
  /** Kept in the address of the details, for the way back. */
  query?: Route['query'];
  /** Renders the heading of a column that can be sorted by; absent: plain headings. */
  heading?: (field: SortField, text: string) => ReactNode;
}

/** Calls, one a row; the time leads to the details, and so does a click anywhere on the row. */
export function RequestsTable({ rows, query = {}, heading = (_field, text) => text }: RequestsTableProps) {
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={strings.pages.requests}>
      <table className="table-links">
        <thead>
          <tr>
            <th scope="col">{heading('started_at', strings.requests.time)}</th>
            <th scope="col">{strings.requests.status}</th>
            <th scope="col">{strings.requests.model}</th>
            <th scope="col">{strings.requests.provider}</th>
            <th scope="col" className="number">
              {strings.requests.tokens}
            </th>
            <th scope="col" className="number">
              {heading('latency', strings.requests.latency)}
            </th>
            <th scope="col" className="number">
              {heading('cost', strings.requests.cost)}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} query={query} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, query }: { row: RequestRow; query: Route['query'] }) {
  const to = { page: 'requests', id: row.id, query } as const;
  return (
    // The link in it is what keyboards use; the row is only a larger target for pointers.
    <tr onClick={(event) => !(event.target instanceof HTMLAnchorElement) && navigate(to)}>
      <td>
        <a href={toHref(to)}>
          <Time at={row.started_at} />
        </a>
      </td>
      <td>
        <StatusBadge status={row.status} errorCode={row.error_code} />
      </td>
      <td className="wide">
        {row.requested_model} <Marks row={row} />
      </td>
      <td>{row.provider}</td>
      <td className="number">
        {showCount(inputTokensOf(row.usage))} → {showCount(outputTokensOf(row.usage))}
      </td>
      <td className="number">{showDuration(row.duration_ms)}</td>
      <td className="number">
        <Usd amount={row.cost_usd} />
      </td>
    </tr>
  );
}

function Marks({ row }: { row: RequestRow }) {
  return (
    <>
      {(row.cache === 'hit' || row.cache === 'semantic') && <Badge tone="good">{strings.requests.cached}</Badge>}
      {row.usage_source === 'estimated' && (
        <Badge tone="warn" title={strings.requests.estimatedHint}>
          {strings.requests.estimated}
        </Badge>
      )}
      {row.partial && (
        <Badge tone="warn" title={strings.requests.partialHint}>
          {strings.requests.partial}
        </Badge>
      )}
    </>
  );
}
