import type { UsageReport } from '@ao/contracts';
import { inputTokensOf, outputTokensOf } from '@ao/pricing';
import type { IdempotentOutcome } from '../../application/idempotency/idempotent-calls.js';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { SpoolFigures } from '../spool/file-spool.js';

/** What the gateway's metrics read at scrape time. */
export interface Gauges {
  spool: () => SpoolFigures;
  leases: () => { leases: number; free: bigint; reserved: bigint };
  activeCalls: () => number;
  upstream: () => { connected: number; pending: number };
  limitFallbacks: () => number;
  circuitsOpen: () => number;
  callsWaiting: () => number;
}

const NANO_PER_USD = 1e9;

/** Prometheus metrics of the gateway. Labels come from bounded sets: routes, statuses, configured models and providers. */
export class GatewayMetrics {
  readonly registry = new Registry();
  private readonly requests = this.counter('ao_http_requests_total', 'HTTP requests answered', ['route', 'status']);
  private readonly latency = new Histogram({
    name: 'ao_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    registers: [this.registry],
  });
  private readonly tokens = this.counter('ao_tokens_total', 'Tokens consumed', ['model', 'provider', 'direction']);
  private readonly cost = this.counter(
    'ao_cost_usd_total',
    'Cost of calls in US dollars, for trends; the ledger is exact',
    ['model', 'provider'],
  );
  private readonly attempts = this.counter(
    'ao_gateway_attempts_total',
    'Attempts of calls after their first one, by what led to them',
    ['reason'],
  );
  private readonly cache = this.counter(
    'ao_gateway_cache_total',
    'Calls that the response cache dealt with, by what became of them',
    ['outcome'],
  );
  private readonly idempotentCalls = this.counter(
    'ao_idempotent_calls_total',
    'Calls with an idempotency key that ran, got the answer of an earlier one, or were refused for the key',
    ['outcome'],
  );

  constructor(gauges: Gauges) {
    collectDefaultMetrics({ register: this.registry });
    this.spool(gauges.spool);
    this.gauge('ao_calls_active', 'Calls under way', gauges.activeCalls);
    this.gauge('ao_upstream_connections', 'Connections open to providers', () => gauges.upstream().connected);
    this.gauge(
      'ao_upstream_requests_waiting',
      'Requests waiting for a connection to a provider',
      () => gauges.upstream().pending,
    );
    this.total(
      'ao_gateway_limits_fallback_total',
      'Decisions on limits that this gateway made alone, because the store that replicas share was away',
      gauges.limitFallbacks,
    );
    this.gauge('ao_gateway_circuits_open', 'Deployments left alone after failures', gauges.circuitsOpen);
    this.gauge('ao_gateway_calls_waiting', 'Calls waiting for deployments to have room', gauges.callsWaiting);
    this.gauge('ao_leases_open', 'Budget leases held by this gateway', () => gauges.leases().leases);
    this.gauge(
      'ao_lease_free_usd',
      'Leased and not reserved, in US dollars',
      () => Number(gauges.leases().free) / NANO_PER_USD,
    );
    this.gauge(
      'ao_lease_reserved_usd',
      'Reserved for calls under way, in US dollars',
      () => Number(gauges.leases().reserved) / NANO_PER_USD,
    );
  }

  observeRequest(route: string, status: number, durationMs: number): void {
    this.requests.inc({ route, status: String(status) });
    this.latency.observe({ route }, durationMs / 1_000);
  }

  observeUsage({ model, provider, usage, cost, modelGroup, cache, decision }: UsageReport): void {
    // A name that no configuration knows is the caller's text: it must not become a label.
    const labels = { model: modelGroup === null ? 'direct' : model, provider };
    this.tokens.inc({ ...labels, direction: 'input' }, inputTokensOf(usage));
    this.tokens.inc({ ...labels, direction: 'output' }, outputTokensOf(usage));
    this.cost.inc(labels, Number(cost) / NANO_PER_USD);
    for (const { reason } of decision?.steps ?? []) this.attempts.inc({ reason });
    if (cache !== 'none') this.cache.inc({ outcome: cache });
  }

  private spool(read: () => SpoolFigures): void {
    const name = (what: string): string => `ao_gateway_spool_${what}`;
    this.gauge(name('records_waiting'), 'Usage records not yet taken by the bus', () => read().recordsWaiting);
    this.gauge(
      name('oldest_record_age_seconds'),
      'Since the end of the call that has waited longest for the bus',
      () => read().oldestRecordAgeMs / 1_000,
    );
    this.gauge(name('bytes'), 'Size of the spool on disk', () => read().bytes);
    this.gauge(name('files_to_replay'), 'Files of earlier processes not done with', () => read().filesToReplay);
    this.total(name('write_errors_total'), 'Writes to the spool that failed', () => read().writeErrors);
    this.total(name('damaged_lines_total'), 'Lines of replayed files that cannot be read', () => read().damagedLines);
    this.total(name('replayed_records_total'), 'Usage records replayed', () => read().recordsReplayed);
  }

  /** A counter that somebody else keeps. */
  private total(name: string, help: string, read: () => number): void {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [],
      collect: () => {
        counter.reset();
        counter.inc(read());
      },
    });
    this.registry.registerMetric(counter);
  }

  observeIdempotentCall(outcome: IdempotentOutcome): void {
    this.idempotentCalls.inc({ outcome });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) });
    this.registry.registerMetric(gauge);
  }
}
