import { routingTableSnapshot, type RoutingStrategy } from '@ao/contracts';
import { ManualClock, silentLogger } from '@ao/kernel';
import type { KeyValue } from '@ao/keyvalue';
import { RoutingTable } from '@ao/router';
import { ModelState } from './model-state.js';
import { UsageExchange } from './usage-exchange.js';

const CIRCUIT = { allowedFails: 3, cooldownMs: 5_000, enabled: true };
/** A minute begins here. */
const START_MS = 60_000 * 100;

/** `count` deployments of one group: `dep_0`, … */
export function tableUnder(strategy: RoutingStrategy, count = 2): RoutingTable {
  const snapshot = routingTableSnapshot.value.parse({
    version: 1,
    providers: [
      { id: 'prv_1', name: 'acme', kind: 'openai', baseUrl: 'https://acme.example/v1', sealedKey: null, timeouts: {} },
    ],
    deployments: Array.from({ length: count }, (_, index) => ({
      id: `dep_${index}`,
      modelGroup: 'chat',
      providerId: 'prv_1',
      model: 'acme-chat',
      source: 'config',
    })),
    aliases: [],
    settings: [{ orgId: null, settings: { strategy } }],
  });
  return new RoutingTable(snapshot, (sealed) => sealed);
}

/** What of a gateway uses deployments, and tells others. */
export class ExchangingGateway {
  readonly clock = new ManualClock(START_MS);
  readonly state = new ModelState(this.clock);
  readonly exchange: UsageExchange;

  constructor(store: Pick<KeyValue, 'takeTokens'>, table = tableUnder('lowest-tpm-rpm')) {
    this.state.table = table;
    this.exchange = new UsageExchange({ state: this.state, store, clock: this.clock, logger: silentLogger });
  }

  /** Makes one call. */
  use(deploymentId: string, tokens: number): void {
    const nowMs = this.clock.monotonicMs();
    this.state.deployments.begin(deploymentId, nowMs);
    this.state.deployments.end(deploymentId, nowMs, { kind: 'succeeded', latencyMs: 1, tokens }, CIRCUIT);
  }

  usage(deploymentId: string): { requests: number; tokens: number } {
    return this.state.deployments.usage(deploymentId, this.clock.monotonicMs());
  }
}
