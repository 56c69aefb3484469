import type { RequestRow } from '../../api/types.js';
import { strings } from '../../strings.js';
import { Card, Fact, Facts } from '../../ui/card.js';
import { Badge, Code } from '../../ui/text.js';

const text = strings.request;

/** Why a call went where it went. */
export function RouteCard({ row }: { row: RequestRow }) {
  if (!row.decision)
    return (
      <Card title={text.route}>
        <p className="note">{text.noDecision}</p>
      </Card>
    );
  const { strategy, candidates } = row.decision;
  return (
    <Card title={text.route}>
      <Facts>
        <Fact name={text.requestedModel}>{row.requested_model}</Fact>
        <Fact name={text.servedModel}>
          {row.model} · {row.provider}
        </Fact>
        <Fact name={text.strategy}>{strategy}</Fact>
      </Facts>
      {candidates.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{text.candidate}</th>
              <th scope="col">{text.verdict}</th>
            </tr>
          </thead>
          <tbody>
            {candidates.map(({ deployment_id: id, dropped }) => (
              <tr key={id}>
                <td>
                  <Code>{id}</Code>
                </td>
                <td>
                  {dropped !== null ? (
                    text.dropped(dropped)
                  ) : id === row.deployment_id ? (
                    <Badge tone="good">{text.chosen}</Badge>
                  ) : (
                    text.couldServe
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
