import { OutboundGuard, guardedAgent } from '@ao/outbound';
import type { ChannelSender } from '../../../application/ports.js';
import type { ChannelOptions } from '../channel-options.js';
import { sendWebhook } from './send-alert.js';

/** Sends alerts as signed JSON to a URL of the customer (NT-005). */
export function webhookSender({ allowPrivateUrls, timeoutMs, clock }: ChannelOptions): ChannelSender {
  const guard = new OutboundGuard({ allowPrivate: allowPrivateUrls });
  const dispatcher = guardedAgent(guard, { connectTimeoutMs: timeoutMs });
  return {
    async refusalOf(url) {
      const verdict = await guard.check(url);
      // A resolver that is away says nothing about the URL; each delivery asks again.
      return verdict.kind === 'refused' ? verdict.reason : null;
    },
    send: (message) => sendWebhook(message, { dispatcher, timeoutMs, clock }),
    close: () => dispatcher.close(),
  };
}
