import type { UseQueryResult } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { WholeList } from '../../api/list-all.js';
import type { Price } from '../../api/types.js';
import { showCount } from '../../format/number.js';
import { showDate } from '../../format/time.js';
import { strings } from '../../strings.js';
import { Card } from '../../ui/card.js';
import { Empty, QueryView } from '../../ui/states.js';
import { Badge } from '../../ui/text.js';
import { searchPrices } from './price-of-model.js';
import { Rate } from './rate.js';

const text = strings.models;
const ROWS_AT_ONCE = 50;

/** The price catalogue, to be searched. */
export function PricesCard({ prices }: { prices: UseQueryResult<WholeList<Price>> }) {
  const [search, setSearch] = useState('');
  const [rowsMax, setRowsMax] = useState(ROWS_AT_ONCE);
  const sought = useDeferredValue(search);
  return (
    <Card
      title={text.prices}
      aside={
        <input
          type="search"
          aria-label={text.search}
          placeholder={text.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      }
    >
      <p className="note">{text.pricesLead}</p>
      <QueryView query={prices} lines={6}>
        {({ rows, complete }) => {
          const found = searchPrices(rows, sought);
          if (found.length === 0)
            return (
              <Empty title={rows.length === 0 ? text.pricesEmptyTitle : text.pricesNoMatch}>
                {rows.length === 0 && <p>{text.pricesEmptyText}</p>}
              </Empty>
            );
          return (
            <>
              <PricesTable prices={found.slice(0, rowsMax)} />
              {found.length > rowsMax && (
                <p className="pager">
                  <button type="button" className="button" onClick={() => setRowsMax(rowsMax + ROWS_AT_ONCE)}>
                    {strings.common.showMore}
                  </button>
                </p>
              )}
              {!complete && <p className="note">{strings.common.incomplete(showCount(rows.length))}</p>}
            </>
          );
        }}
      </QueryView>
    </Card>
  );
}

function PricesTable({ prices }: { prices: Price[] }) {
  const nowMs = Date.now();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={text.prices}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.name}</th>
            <th scope="col">{text.owner}</th>
            {[text.input, text.cached, text.output].map((heading) => (
              <th key={heading} scope="col" className="number">
                {heading}
              </th>
            ))}
            <th scope="col">{text.from}</th>
            <th scope="col">{text.source}</th>
          </tr>
        </thead>
        <tbody>
          {prices.map((price) => (
            <tr key={`${price.id} ${price.provider}`}>
              <th scope="row">{price.model}</th>
              <td>{price.provider ?? text.anyProvider}</td>
              <Rate rate={price.input_usd_per_million} free={price.free} />
              <Rate rate={price.cached_input_usd_per_million} free={price.free} />
              <Rate rate={price.output_usd_per_million} free={price.free} />
              <td>
                <time dateTime={price.effective_from} title={price.effective_from}>
                  {showDate(price.effective_from)}
                </time>{' '}
                {Date.parse(price.effective_from) > nowMs && <Badge tone="warn">{text.future}</Badge>}
              </td>
              <td className="clip" title={price.source}>
                {price.source}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
