import type { Random } from '../engine/random.js';
import type { Scheduler } from '../engine/scheduler.js';
import { NO_FAULTS } from '../plan/draw-plan.js';
import type { FaultRates } from '../plan/plan.js';

/** What goes wrong at the moment. Calm at first, and again for the end of a run. */
export class Weather {
  private current = NO_FAULTS;
  private readonly cutOffUntilMs = new Map<string, number>();
  private busAwayUntilMs = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly rates: FaultRates,
  ) {}

  get isCalm(): boolean {
    return this.current === NO_FAULTS;
  }

  begin(): void {
    this.current = this.rates;
  }

  calmDown(): void {
    this.current = { ...NO_FAULTS, busDeduplicates: this.rates.busDeduplicates };
    this.cutOffUntilMs.clear();
    this.busAwayUntilMs = 0;
  }

  cutOff(place: string, forMs: number): void {
    this.cutOffUntilMs.set(place, this.scheduler.nowMs + forMs);
  }

  busAway(forMs: number): void {
    this.busAwayUntilMs = this.scheduler.nowMs + forMs;
  }

  /** Whether a message to or from there gets through. */
  isConnected(place: string): boolean {
    const { nowMs } = this.scheduler;
    return nowMs >= this.busAwayUntilMs && nowMs >= (this.cutOffUntilMs.get(place) ?? 0);
  }

  strikes(fault: Exclude<keyof FaultRates, 'busDeduplicates'>): boolean {
    return this.random.chance(this.current[fault]);
  }

  get busDeduplicates(): boolean {
    return this.current.busDeduplicates;
  }

  /** How long a message is under way. */
  messageMs(): number {
    return this.strikes('messageSlow') ? this.random.int(20, 2_500) : this.random.int(0, 4);
  }

  /** How long a statement takes; most are not worth an event. */
  statementMs(): number {
    return this.random.chance(0.5) ? 0 : this.random.int(1, this.random.chance(0.1) ? 40 : 4);
  }
}
