import type { RequestRow } from '../../api/types.js';
import { strings } from '../../strings.js';
import { Card, Fact, Facts } from '../../ui/card.js';
import { Code, Usd } from '../../ui/text.js';

const text = strings.request;

/** What a call cost, by which price, and what was reserved for it on which wallet. */
export function CostCard({ row }: { row: RequestRow }) {
  return (
    <Card title={text.cost}>
      {row.price_id && (
        <Facts>
          <Fact name={text.price} wide>
            <Code>{row.price_id}</Code>
          </Fact>
        </Facts>
      )}
      {row.charges.length === 0 ? (
        <p className="note">{text.notCharged}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{text.wallet}</th>
              <th scope="col" className="number">
                {text.reserved}
              </th>
            </tr>
          </thead>
          <tbody>
            {row.charges.map(({ wallet_id: walletId, reserved_usd: reserved }) => (
              <tr key={walletId}>
                <td>
                  <Code>{walletId}</Code>
                </td>
                <td className="number">
                  <Usd amount={reserved} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {row.cost_basis && <p className="note">{text.basis[row.cost_basis]}</p>}
    </Card>
  );
}
