import { AppError } from '@ao/kernel';
import { countedAddress } from './client-address.js';
import type { LimitStore } from './limit-store.js';

const MINUTE_MS = 60_000;

/** Keeps addresses that try out keys from asking the identity service for each (RL-002). */
export class WrongKeys {
  /** @param perMinuteMax Of one address; null: as many as it likes. */
  constructor(
    private readonly store: LimitStore,
    private readonly perMinuteMax: number | null,
  ) {}

  /**
   * To be asked before a key is looked up that nobody here has seen.
   * @throws AppError `rate_limit_exceeded` where too many keys from this address were wrong.
   */
  async check(address: string): Promise<void> {
    if ((await this.take(address, 0)) === 0) await this.note(address);
  }

  /**
   * Counts a wrong key.
   * @throws AppError `rate_limit_exceeded` where there were too many.
   */
  async note(address: string): Promise<void> {
    await this.take(address, 1);
  }

  /** What is left. */
  private async take(address: string, amount: number): Promise<number> {
    if (this.perMinuteMax === null) return Number.POSITIVE_INFINITY;
    const key = `wrong-keys:${countedAddress(address)}`;
    const window = { kind: 'window', key, limit: this.perMinuteMax, windowMs: MINUTE_MS, amount } as const;
    const { allowed, limits } = await this.store.take([window]);
    const { remaining, retryAfterMs } = limits[0]!;
    if (allowed) return remaining;
    const retryAfterSeconds = Math.ceil(retryAfterMs / 1_000);
    throw new AppError(
      'rate_limit_exceeded',
      `Too many wrong API keys came from your address. Try again in ${retryAfterSeconds} s, with a key that is good.`,
      { retryAfterSeconds },
    );
  }
}
