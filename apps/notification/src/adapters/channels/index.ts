import type { Clock } from '@ao/kernel';
import type { ChannelSenders } from '../../application/ports.js';
import { webhookSender } from './webhook/index.js';

export interface ChannelOptions {
  allowPrivateUrls: boolean;
  /** From the first look at DNS to the end of the answer. */
  timeoutMs: number;
  clock: Clock;
}

/** Every kind of channel, each in a folder of its own. */
export const channelSenders = (options: ChannelOptions): ChannelSenders => ({ webhook: webhookSender(options) });
