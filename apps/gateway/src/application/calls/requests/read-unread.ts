import { usageOf } from '@ao/pricing';
import { forwardUnread } from '@ao/wire';
import type { NativeCall } from '../call.js';
import { STANDARD_SERVICE, type RequestFacts } from './request-facts.js';

/** A native request that is no conversation: nothing of it is read, and one call of it costs a flat price or nothing. */
export function readUnread({ priceName }: NativeCall): RequestFacts {
  return {
    model: priceName,
    // Passed on as it comes, whatever it is.
    stream: true,
    includeUsage: false,
    includeCost: false,
    maxOutputTokens: null,
    choices: 1,
    endUserId: null,
    tags: [],
    generates: false,
    predictedTokensBound: 0,
    unmeasuredInput: () => false,
    mediaOutput: false,
    assumedUsage: {},
    unitsMax: {},
    serviceTiers: STANDARD_SERVICE,
    dropParams: false,
    promptTokensBound: () => 0,
    promptTokensGuess: 0,
    countPrompt: () => 0,
    exchange: () => forwardUnread(usageOf({ calls: 1 })),
  };
}
