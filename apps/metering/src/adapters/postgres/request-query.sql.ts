import type { RequestQuery } from '../../application/ports.js';
import type { RequestPosition, RequestSort } from '../../domain/request-sort.js';

const COLUMN_OF_SORT: Record<RequestSort, string> = {
  started_at: 'started_at',
  '-started_at': 'started_at',
  cost: 'cost_nano_usd',
  '-cost': 'cost_nano_usd',
  latency: 'duration_ms',
  '-latency': 'duration_ms',
};

/** One page of calls. It goes on from a position in an index, never from a count of rows to skip. */
export function selectRequests(query: RequestQuery): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const where = (condition: (placeholder: string) => string, value: unknown): void => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  where((org) => `org_id = ${org}`, query.orgId);
  for (const keyId of query.keyIds) where((key) => `key_id = ${key}`, keyId);
  where((team) => `team_id = ${team}`, query.teamId);
  where((wallet) => `wallet_ids @> ARRAY[${wallet}]`, query.walletId);
  where((center) => `cost_center = ${center}`, query.costCenter);
  where((model) => `model = ${model}`, query.model);
  where((provider) => `provider = ${provider}`, query.provider);
  where((id) => `record->>'correlationId' = ${id}`, query.correlationId);
  where((tag) => `tags @> ARRAY[${tag}]`, query.tag);
  where((status) => `status >= ${status}`, query.statusMin);
  where((status) => `status <= ${status}`, query.statusMax);
  where((time) => `started_at >= ${time}`, query.startedFrom);
  where((time) => `started_at < ${time}`, query.startedBefore);

  const column = COLUMN_OF_SORT[query.sort];
  const [direction, comparison] = query.sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>'];
  if (query.after) {
    const value = `$${values.push(boundary(query.after, column))}`;
    conditions.push(`(${column}, request_id) ${comparison} (${value}, $${values.push(query.after.requestId)})`);
  }
  const text = `SELECT record FROM request_log WHERE ${conditions.join(' AND ')}
    ORDER BY ${column} ${direction}, request_id ${direction} LIMIT $${values.push(query.limit)}`;
  return { text, values };
}

const boundary = ({ value }: RequestPosition, column: string): string =>
  column === 'started_at' ? new Date(Number(value)).toISOString() : value;
