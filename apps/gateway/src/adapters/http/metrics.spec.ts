import { usageReport, usageReportExample, type UsageReport } from '@ao/contracts';
import { idleSpool } from '../spool/__fixtures__/idle-spool.js';
import { GatewayMetrics, type Gauges } from './metrics.js';

const IDLE: Gauges = {
  spool: () => idleSpool,
  leases: () => ({ leases: 0, free: 0n, reserved: 0n }),
  activeCalls: () => 0,
  upstream: () => ({ connected: 0, pending: 0 }),
  limitFallbacks: () => 0,
  circuitsOpen: () => 0,
  callsWaiting: () => 0,
};
type Step = NonNullable<NonNullable<UsageReport['decision']>['steps']>[number];

const linesOf = async (metrics: GatewayMetrics, prefix: string): Promise<string[]> =>
  (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(prefix));

describe('the metrics of the gateway', () => {
  it('[BX-002] tell how the spool does at each scrape', async () => {
    let figures = { ...idleSpool, writeErrors: 2, recordsReplayed: 7 };
    const metrics = new GatewayMetrics({ ...IDLE, spool: () => figures });
    await metrics.registry.metrics();
    figures = {
      ...figures,
      recordsWaiting: 3,
      oldestRecordAgeMs: 1_500,
      bytes: 9_000,
      writeErrors: 5,
      damagedLines: 1,
      filesToReplay: 2,
    };
    expect(await linesOf(metrics, 'ao_gateway_spool_')).toEqual([
      'ao_gateway_spool_records_waiting 3',
      'ao_gateway_spool_oldest_record_age_seconds 1.5',
      'ao_gateway_spool_bytes 9000',
      'ao_gateway_spool_files_to_replay 2',
      'ao_gateway_spool_write_errors_total 5',
      'ao_gateway_spool_damaged_lines_total 1',
      'ao_gateway_spool_replayed_records_total 7',
    ]);
  });

  it('tell why calls were tried again, and nothing of calls that were not', async () => {
    const metrics = new GatewayMetrics(IDLE);
    const step = (reason: Step['reason']): Step => ({ modelGroup: 'chat', deploymentId: 'dep_2', reason });
    const observe = (...reasons: Step['reason'][]): void =>
      metrics.observeUsage(
        usageReport.parse({
          ...usageReportExample,
          decision: { strategy: 'simple-shuffle', candidates: [], steps: reasons.map(step) },
        }),
      );
    metrics.observeUsage(usageReport.parse(usageReportExample));
    observe();
    expect(await linesOf(metrics, 'ao_gateway_attempts_total')).toEqual([]);
    observe('retry', 'retry', 'failover');
    observe('retry', 'capacity');
    expect(await linesOf(metrics, 'ao_gateway_attempts_total')).toEqual([
      'ao_gateway_attempts_total{reason="retry"} 3',
      'ao_gateway_attempts_total{reason="failover"} 1',
      'ao_gateway_attempts_total{reason="capacity"} 1',
    ]);
  });

  it('tell what became of the calls that the cache dealt with', async () => {
    const metrics = new GatewayMetrics(IDLE);
    for (const cache of ['hit', 'none', 'miss', 'hit', 'semantic', 'bypass'] as const) {
      metrics.observeUsage(usageReport.parse({ ...usageReportExample, cache }));
    }
    expect(await linesOf(metrics, 'ao_gateway_cache_total')).toEqual([
      'ao_gateway_cache_total{outcome="hit"} 2',
      'ao_gateway_cache_total{outcome="miss"} 1',
      'ao_gateway_cache_total{outcome="semantic"} 1',
      'ao_gateway_cache_total{outcome="bypass"} 1',
    ]);
  });

  it('tell of open circuits and of calls that wait, as they are at each scrape', async () => {
    let count = 1;
    const metrics = new GatewayMetrics({ ...IDLE, circuitsOpen: () => count, callsWaiting: () => count + 1 });
    const figures = async (): Promise<string[]> => [
      ...(await linesOf(metrics, 'ao_gateway_circuits_open ')),
      ...(await linesOf(metrics, 'ao_gateway_calls_waiting ')),
    ];
    expect(await figures()).toEqual(['ao_gateway_circuits_open 1', 'ao_gateway_calls_waiting 2']);
    count = 0;
    expect(await figures()).toEqual(['ao_gateway_circuits_open 0', 'ao_gateway_calls_waiting 1']);
  });
});
