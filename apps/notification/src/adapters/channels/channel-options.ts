import type { Clock } from '@ao/kernel';

export interface ChannelOptions {
  allowPrivateUrls: boolean;
  /** From the first look at DNS to the end of the answer. */
  timeoutMs: number;
  clock: Clock;
}
