import { usageOf } from '@ao/pricing';
import { forwardUnread } from '@ao/wire';
import type { NativeCall } from '../call.js';
import { PLAIN_REQUEST, type RequestFacts } from './request-facts.js';

/** A native request that is no conversation: nothing of it is read, and one call of it costs a flat price or nothing. */
export function readUnread({ priceName }: NativeCall): RequestFacts {
  return {
    ...PLAIN_REQUEST,
    model: priceName,
    // Passed on as it comes, whatever it is.
    stream: true,
    generates: false,
    promptTokensBound: () => 0,
    promptTokensGuess: 0,
    countPrompt: () => 0,
    exchange: () => forwardUnread(usageOf({ calls: 1 })),
  };
}
