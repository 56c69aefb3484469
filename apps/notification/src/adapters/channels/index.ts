import type { ChannelSenders } from '../../application/ports.js';
import type { ChannelOptions } from './channel-options.js';
import { webhookSender } from './webhook/index.js';

/** Every kind of channel, each in a folder of its own. */
export const channelSenders = (options: ChannelOptions): ChannelSenders => ({ webhook: webhookSender(options) });
