import type { Clock } from '@ao/kernel';
import type { AlertRepository } from './ports.js';

const DAY_MS = 86_400_000;
/** Longer than the bus keeps an event that it could deliver again. */
const EVENT_RETENTION_MS = 14 * DAY_MS;

/** Forgets alerts that are past their retention, and events that can no longer come again. */
export class RemoveOldAlerts {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly clock: Clock,
    private readonly retentionDays: number,
  ) {}

  async execute(signal: AbortSignal): Promise<void> {
    const createdBeforeMs = this.clock.nowMs() - this.retentionDays * DAY_MS;
    while (!signal.aborted && (await this.alerts.removeBefore(createdBeforeMs)));
    while (!signal.aborted && (await this.alerts.forgetEvents(EVENT_RETENTION_MS)));
  }
}
