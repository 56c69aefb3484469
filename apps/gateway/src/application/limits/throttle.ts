import type { CallPriority } from '@ao/contracts';

/** When calls of low priority step back from a limit that they share with others (RL-007). */
export interface ThrottleOptions {
  /** From this utilisation up they wait. */
  delayFromPercent: number;
  /** From this one up they are refused: the rest is for the others. */
  shedFromPercent: number;
  /** The longest wait. */
  delayMsMax: number;
}

/**
 * How long a call waits before it goes on: nothing below the first threshold, and from there in proportion, up to the longest
 * wait at the second.
 * @param utilisation Of the tightest shared limit, 0 to 1.
 * @param random 0 to 1: shortens the wait by up to half, so that those who came together do not go on together.
 */
export function throttleDelayMs(
  priority: CallPriority,
  utilisation: number,
  { delayFromPercent, shedFromPercent, delayMsMax }: ThrottleOptions,
  random: number,
): number {
  if (priority !== 'low' || utilisation * 100 < delayFromPercent) return 0;
  const width = Math.max(1, shedFromPercent - delayFromPercent);
  const share = Math.min(1, (utilisation * 100 - delayFromPercent) / width);
  return Math.round(delayMsMax * share * (1 - random / 2));
}

/** What a call of this priority has to leave of a shared limit. */
export function spareOf(priority: CallPriority, limit: number, { shedFromPercent }: ThrottleOptions): number {
  return priority === 'low' ? Math.floor((limit * (100 - shedFromPercent)) / 100) : 0;
}
