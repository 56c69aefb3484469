import type { Clock, Logger } from '@ao/kernel';
import { afterCheck, turned, type Check, type HealthPolicy } from '../domain/health.js';
import type { Provider } from '../domain/provider.js';
import type { FindingRepository, RoutingTable } from './ports.js';
import type { ProbeProvider } from './probe-provider.js';
import type { ProviderEvents } from './provider-events.js';

export interface CheckHealthOptions {
  probe: ProbeProvider;
  findings: FindingRepository;
  events: ProviderEvents;
  table: RoutingTable;
  policy: HealthPolicy;
  timeoutMs: number;
  /** How soon a result that contradicts what is known is checked again. */
  confirmMs: number;
  clock: Clock;
  logger: Logger;
}

/** Asks a provider whether it works (PR-016); a turn is told, and gateways get another table. */
export class CheckHealth {
  constructor(private readonly options: CheckHealthOptions) {}

  async execute(provider: Provider, signal: AbortSignal): Promise<void> {
    const { findings, events, table, policy, confirmMs, clock, logger } = this.options;
    const check = await this.check(provider, signal);
    if (signal.aborted) return;
    const nowMs = clock.nowMs();
    const decision = await findings.recordHealth(provider.id, (before) => {
      const after = afterCheck(before, check, policy, nowMs);
      const tableChanged = turned(before, after);
      const told = tableChanged ? [events.healthChanged(provider, after)] : [];
      return { after, events: told, tableChanged, dueAtMs: after.streak > 0 ? nowMs + confirmMs : null };
    });
    if (!decision?.tableChanged) return;
    logger.warn({ provider: provider.id, healthy: check.ok, reason: check.reason }, 'a provider changed its health');
    await table.refresh();
  }

  private async check(provider: Provider, stopping: AbortSignal): Promise<Check> {
    const { probe, timeoutMs } = this.options;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
    const check = await probe.health(provider, signal);
    return signal.aborted && !check.ok ? { ...check, reason: `no answer within ${timeoutMs} ms` } : check;
  }
}
