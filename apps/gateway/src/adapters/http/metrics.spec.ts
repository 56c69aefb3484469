import { idleSpool } from '../spool/__fixtures__/idle-spool.js';
import { GatewayMetrics } from './metrics.js';

describe('the metrics of the gateway', () => {
  it('[BX-002] tell how the spool does at each scrape', async () => {
    let figures = { ...idleSpool, writeErrors: 2, recordsReplayed: 7 };
    const metrics = new GatewayMetrics({
      spool: () => figures,
      leases: () => ({ leases: 0, free: 0n, reserved: 0n }),
      activeCalls: () => 0,
      upstream: () => ({ connected: 0, pending: 0 }),
      limitFallbacks: () => 0,
    });
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
    const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('ao_gateway_spool_'));
    expect(lines).toEqual([
      'ao_gateway_spool_records_waiting 3',
      'ao_gateway_spool_oldest_record_age_seconds 1.5',
      'ao_gateway_spool_bytes 9000',
      'ao_gateway_spool_files_to_replay 2',
      'ao_gateway_spool_write_errors_total 5',
      'ao_gateway_spool_damaged_lines_total 1',
      'ao_gateway_spool_replayed_records_total 7',
    ]);
  });
});
