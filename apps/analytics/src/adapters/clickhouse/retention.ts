import type { Warehouse } from '@ao/warehouse';

/** The time that each table's rows age by. */
const TIMES = {
  requests: 'started_at',
  cost_adjustments: 'started_at',
  wallet_events: 'posted_at',
  costs_hourly: 'hour_start',
  costs_daily: 'day_start',
} as const;

/** Rewriting the parts of a large table takes long; ClickHouse goes on by itself when we stop waiting. */
const DEADLINE_MS = 60_000;

/** Has ClickHouse remove rows after `days` days. Touches only tables that are set otherwise: a change rewrites them. */
export async function applyRetention(warehouse: Warehouse, days: number): Promise<void> {
  const tables = await warehouse.query<{ name: keyof typeof TIMES; engine_full: string }>(
    'SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND name IN ({names:Array(String)})',
    { names: Object.keys(TIMES) },
  );
  for (const { name, engine_full: engine } of tables) {
    const rule = `toDateTime(${TIMES[name]}) + toIntervalDay(${days})`;
    if (engine.includes(`TTL ${rule}`)) continue;
    await warehouse.command(`ALTER TABLE ${name} MODIFY TTL ${rule}`, {}, { deadlineMs: DEADLINE_MS });
  }
}
