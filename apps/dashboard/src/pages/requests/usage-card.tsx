import type { RequestRow } from '../../api/types.js';
import { showCount } from '../../format/number.js';
import { strings } from '../../strings.js';
import { Card } from '../../ui/card.js';
import { Empty } from '../../ui/states.js';
import { filledBuckets } from './usage.js';

const text = strings.request;

/** The tokens of a call, bucket by bucket. */
export function UsageCard({ row }: { row: RequestRow }) {
  const buckets = filledBuckets(row.usage);
  const most = Math.max(1, ...buckets.map(({ tokens }) => tokens));
  return (
    <Card title={text.usage}>
      {buckets.length === 0 ? (
        <Empty title={text.usageEmpty} />
      ) : (
        <>
          <table>
            <thead className="visually-hidden">
              <tr>
                <th scope="col">{text.bucket}</th>
                <th scope="col">{text.tokens}</th>
              </tr>
            </thead>
            <tbody>
              {buckets.map(({ bucket, tokens }) => (
                <tr key={bucket}>
                  <th scope="row">
                    {text.buckets[bucket]}
                    <span className="row-bar">
                      <span style={{ width: `${(tokens / most) * 100}%` }} />
                    </span>
                  </th>
                  <td className="number">{showCount(tokens)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="note">{text.usageSource[row.usage_source]}</p>
        </>
      )}
    </Card>
  );
}
