import type { VariantFigures } from '@ao/contracts';
import { nanoUsd } from '@ao/kernel';
import type { ExperimentQuestion, ExperimentStore } from '../../application/ports.js';
import { QUERY_DEADLINE_MS } from './cost-sql.js';
import type { ReadyWarehouse } from './ready-warehouse.js';

/** Integers as text; what has no row to stand on is 0. */
interface VariantRow {
  variant: string;
  calls: string;
  errors: string;
  cost_nano_usd: string;
  cost_variance: number;
  answered: string;
  latency_mean: number;
  latency_variance: number;
  latency_percentiles: [p50: number, p95: number];
}

/** An experiment has ten variants; what was renamed meanwhile may leave more. */
const VARIANTS_MAX = 100;

const IN_RANGE = `org_id = {orgId:String}
      AND started_at >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
      AND started_at < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')`;

/** No figure, as that of a variance of one call, is 0: JSON has no word for it. */
const orZero = (figure: string): string => `ifNotFinite(${figure}, 0)`;

/**
 * Costs count with their corrections. A call that a cache answered says nothing of its variant; a caller who left (499) is
 * no failure of it; how long a failure took is no latency. Percentiles lie between two figures where none is theirs.
 */
const COMPARISON = `
SELECT
  experiment_variant AS variant, toString(count()) AS calls, toString(countIf(failed)) AS errors,
  toString(sum(cost)) AS cost_nano_usd, ${orZero('varSampStable(toFloat64(cost))')} AS cost_variance,
  toString(countIf(NOT failed)) AS answered,
  ${orZero('avgIf(duration_ms, NOT failed)')} AS latency_mean,
  ${orZero('varSampStableIf(duration_ms, NOT failed)')} AS latency_variance,
  arrayMap(figure -> ${orZero('figure')}, quantilesExactInclusiveIf(0.5, 0.95)(duration_ms, NOT failed)) AS latency_percentiles
FROM (
  SELECT experiment_variant, duration_ms, cost_nano_usd + difference AS cost, status >= 400 AND status != 499 AS failed
  FROM (
    SELECT * FROM requests FINAL
    WHERE ${IN_RANGE} AND experiment_id = {experimentId:String} AND cache NOT IN ('hit', 'semantic')
  ) AS calls
  LEFT JOIN (
    SELECT request_id, sum(difference_nano_usd) AS difference FROM cost_adjustments FINAL
    WHERE ${IN_RANGE} GROUP BY request_id
  ) AS adjusted USING (request_id)
)
GROUP BY experiment_variant
ORDER BY experiment_variant
LIMIT ${VARIANTS_MAX}
SETTINGS max_execution_time = ${QUERY_DEADLINE_MS / 1_000}`;

export class WarehouseExperimentStore implements ExperimentStore {
  constructor(private readonly warehouse: ReadyWarehouse) {}

  async compare(question: ExperimentQuestion): Promise<VariantFigures[]> {
    const warehouse = await this.warehouse.get();
    const parameters = { ...question };
    const rows = await warehouse.query<VariantRow>(COMPARISON, parameters, { deadlineMs: QUERY_DEADLINE_MS });
    return rows.map(toFigures);
  }
}

function toFigures(row: VariantRow): VariantFigures {
  const [p50, p95] = row.latency_percentiles;
  return {
    variant: row.variant,
    calls: Number(row.calls),
    errors: Number(row.errors),
    cost: nanoUsd(BigInt(row.cost_nano_usd)),
    costVariance: row.cost_variance,
    latency: { count: Number(row.answered), mean: row.latency_mean, variance: row.latency_variance, p50, p95 },
  };
}
