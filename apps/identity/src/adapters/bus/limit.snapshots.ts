import type { Bus } from '@ao/bus';
import { limitsSnapshot, type LimitRule } from '@ao/contracts';
import type { LimitSnapshots } from '../../application/publish-limits.js';

export class BusLimitSnapshots implements LimitSnapshots {
  constructor(private readonly bus: Bus) {}

  publish(version: number, limits: LimitRule[]): Promise<void> {
    return this.bus.putSnapshot(limitsSnapshot, { version, limits });
  }

  watch(onLimits: (limits: LimitRule[]) => void): Promise<{ stop(): Promise<void> }> {
    return this.bus.watchSnapshot(limitsSnapshot, ({ limits }) => onLimits(limits));
  }
}
