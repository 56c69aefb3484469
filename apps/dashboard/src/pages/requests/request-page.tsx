import { useRequest } from '../../api/queries.js';
import type { RequestRow } from '../../api/types.js';
import { showDuration } from '../../format/number.js';
import { toHref, type Route } from '../../routing/route.js';
import { strings } from '../../strings.js';
import { Card, Fact, Facts } from '../../ui/card.js';
import { CopyButton } from '../../ui/copy-button.js';
import { QueryView } from '../../ui/states.js';
import { Badge, Code, Time, Usd } from '../../ui/text.js';
import { CostCard } from './cost-card.js';
import { RouteCard } from './route-card.js';
import { StatusBadge } from './status-badge.js';
import { UsageCard } from './usage-card.js';

const text = strings.request;

/** Everything that is known of one call. */
export function RequestPage({ id, query }: { id: string; query: Route['query'] }) {
  const request = useRequest(id);
  return (
    <>
      <p className="crumb">
        <a href={toHref({ page: 'requests', query })}>← {text.back}</a>
      </p>
      <QueryView query={request} lines={10}>
        {(row) => (
          <>
            <Summary row={row} />
            <div className="columns">
              <UsageCard row={row} />
              <CostCard row={row} />
            </div>
            <RouteCard row={row} />
          </>
        )}
      </QueryView>
    </>
  );
}

function Summary({ row }: { row: RequestRow }) {
  return (
    <Card
      title={row.requested_model}
      aside={
        <>
          <StatusBadge status={row.status} errorCode={row.error_code} />
          <CopyButton text={row.id} label={text.copyId} />
        </>
      }
    >
      <p className="hero">
        <span className="hero-name">{text.cost}</span>
        <span className="hero-figure">
          <Usd amount={row.cost_usd} />
        </span>
      </p>
      <Facts>
        <Fact name={strings.requests.time}>
          <Time at={row.started_at} />
        </Fact>
        <Fact name={strings.requests.latency}>{showDuration(row.duration_ms)}</Fact>
        {row.first_token_ms !== null && <Fact name={text.firstToken}>{showDuration(row.first_token_ms)}</Fact>}
        <Fact name={text.servedModel}>
          {row.model} · {row.provider}
        </Fact>
        <Fact name={text.endpoint}>
          <Code>{row.endpoint}</Code> {row.stream && <Badge>{strings.requests.stream}</Badge>}
        </Fact>
        {row.finish_reason && <Fact name={text.finish}>{row.finish_reason}</Fact>}
        {row.error_code && (
          <Fact name={text.errorCode}>
            <Code>{row.error_code}</Code>
          </Fact>
        )}
        {row.partial && <Fact name={strings.requests.partial}>{strings.requests.partialHint}</Fact>}
        {row.cache !== 'none' && <Fact name={text.cache}>{row.cache}</Fact>}
        <Id name={text.id} value={row.id} />
        <Id name={text.callerId} value={row.request_id} />
        <Id name={text.key} value={row.key_id} />
        <Id name={text.team} value={row.team_id} />
        <Id name={text.feature} value={row.feature_id} />
        <Id name={text.endUser} value={row.end_user_id} />
        {row.tags.length > 0 && (
          <Fact name={text.tags}>
            {row.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </Fact>
        )}
      </Facts>
    </Card>
  );
}

function Id({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null;
  return (
    <Fact name={name} wide>
      <Code>{value}</Code>
    </Fact>
  );
}
