import { nanoUsd, ZERO_USD } from '@ao/kernel';
import { INPUT_BUCKETS, OUTPUT_BUCKETS, type UsageBucket } from '@ao/pricing';
import type { CostAnswer, CostDimension, CostInterval, CostQuestion } from '../../domain/cost-question.js';
import { BUCKET_COLUMNS } from './request-rows.js';

/** Within the two seconds that the contract leaves, an answer or an error still reaches the caller. */
export const QUERY_DEADLINE_MS = 8_000;

export interface BoundQuery {
  sql: string;
  parameters: Record<string, string | number>;
}

/** One row of the answer, integers as text; the first one sums everything, unless there was nothing. */
export interface CostSqlRow {
  is_total: number;
  group_label: string;
  interval_start_ms: string;
  cost_nano_usd: string;
  cost_once_nano_usd: string;
  requests: string;
  input_tokens: string;
  output_tokens: string;
}

/** The groups that a call belongs to; with tags, or several attempts, these may be several. */
const LABELS: Record<CostDimension, string> = {
  model: attemptLabels('model'),
  team: '[team_id]',
  feature: '[feature_id]',
  key: '[key_id]',
  provider: attemptLabels('provider'),
  cost_center: '[cost_center]',
  tag: "if(empty(tags), [''], arrayDistinct(tags))",
};

function attemptLabels(column: 'model' | 'provider'): string {
  return `if(empty(attempts), [${column}], arrayDistinct(arrayPushBack(attempts.${column}, ${column})))`;
}

const BUCKET_STARTS: Record<CostInterval, string> = {
  hour: "toStartOfHour(started_at, 'UTC')",
  day: "toStartOfDay(started_at, 'UTC')",
  month: "toDateTime(toStartOfMonth(started_at, 'UTC'), 'UTC')",
};

const sumOf = (buckets: readonly UsageBucket[]): string =>
  [...new Set(buckets.map((bucket) => BUCKET_COLUMNS[bucket]))].join(' + ');

/**
 * What each label of a call has of it: the whole call, but for models and providers only what its attempts there cost. A
 * correction of a call of several attempts counts for the one that answered.
 */
function sharesOf(groupBy: CostDimension): string {
  if (groupBy !== 'model' && groupBy !== 'provider')
    return 'whole AS cost, whole_input AS input, whole_output AS output';
  const share = (field: string, whole: string, correction = ''): string =>
    `if(empty(attempts), ${whole}, arrayReduce('sum', arrayFilter((value, of) -> of = label, attempts.${field}, attempts.${groupBy}))${correction})`;
  return `${share('cost_nano_usd', 'whole', ` + if(label = ${groupBy}, difference, 0)`)} AS cost,
    ${share('input_tokens', 'whole_input')} AS input, ${share('output_tokens', 'whole_output')} AS output`;
}

/**
 * The one statement of a cost question. Its text comes from the tables above alone; what the caller says is bound.
 * FINAL sees each request and each correction once, however often it was inserted, and costs are 128-bit integers, so the
 * sums are exact at any moment. Groups and total come from one reading: ingestion between two would tear them apart.
 */
export function costQuery(question: CostQuestion): BoundQuery {
  const { orgId, keyId, costCenter, fromMs, toMs, groupBy, interval, limit } = question;
  const startMs = interval ? `toInt64(toUnixTimestamp(${BUCKET_STARTS[interval]})) * 1000` : 'toInt64(0)';
  const inRange = `org_id = {orgId:String}
      AND started_at >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
      AND started_at < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')`;
  const sql = `
SELECT
  toUInt8(grouping(label)) AS is_total, toString(label) AS group_label, toString(start_ms) AS interval_start_ms,
  toString(sum(cost)) AS cost_nano_usd, toString(sumIf(whole, ordinal = 1)) AS cost_once_nano_usd,
  toString(count()) AS requests, toString(sum(input)) AS input_tokens, toString(sum(output)) AS output_tokens
FROM (
  SELECT label, ordinal, start_ms, whole, ${sharesOf(groupBy)}
  FROM (
    SELECT
      ${LABELS[groupBy]} AS labels, ${startMs} AS start_ms, attempts, model, provider, difference,
      cost_nano_usd + difference AS whole, ${sumOf(INPUT_BUCKETS)} AS whole_input, ${sumOf(OUTPUT_BUCKETS)} AS whole_output
    FROM (SELECT * FROM requests FINAL WHERE ${inRange} ${keyId === null ? '' : 'AND key_id = {keyId:String}'}
      ${costCenter === null ? '' : 'AND cost_center = {costCenter:String}'}) AS calls
    LEFT JOIN (
      SELECT request_id, sum(difference_nano_usd) AS difference FROM cost_adjustments FINAL
      WHERE ${inRange} GROUP BY request_id
    ) AS adjusted USING (request_id)
  )
  ARRAY JOIN labels AS label, arrayEnumerate(labels) AS ordinal
)
GROUP BY GROUPING SETS ((label, start_ms), ())
ORDER BY is_total DESC, start_ms, sum(cost) DESC, label
LIMIT {rowsMax:UInt32}
SETTINGS max_execution_time = ${QUERY_DEADLINE_MS / 1_000}`;
  // One row more than asked for tells whether there are more; one is the total.
  const parameters = {
    orgId,
    fromMs,
    toMs,
    rowsMax: limit + 2,
    ...(keyId !== null && { keyId }),
    ...(costCenter !== null && { costCenter }),
  };
  return { sql, parameters };
}

/** The answer out of the rows of `costQuery`. */
export function toCostAnswer(rows: CostSqlRow[], { interval, limit }: CostQuestion): CostAnswer {
  const groups = rows.filter(({ is_total }) => is_total === 0);
  const total = rows.find(({ is_total }) => is_total === 1);
  return {
    rows: groups.slice(0, limit).map((row) => ({
      group: row.group_label,
      intervalStartMs: interval && Number(row.interval_start_ms),
      cost: nanoUsd(BigInt(row.cost_nano_usd)),
      requests: Number(row.requests),
      inputTokens: Number(row.input_tokens),
      outputTokens: Number(row.output_tokens),
    })),
    total: total ? nanoUsd(BigInt(total.cost_once_nano_usd)) : ZERO_USD,
    truncated: groups.length > limit,
  };
}
