import type { FinishReason } from '../canonical/index.js';

/** How a response ended, in its own fields. */
export interface Ending {
  readonly status: 'completed' | 'incomplete';
  readonly incomplete_details: { readonly reason: string } | null;
}

/** A model that refuses is cut short as by a filter; one that says so in words has ended as usual. */
export function endingOf(reason: FinishReason): Ending {
  switch (reason) {
    case 'length':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    case 'content_filter':
    case 'refusal':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    default:
      return { status: 'completed', incomplete_details: null };
  }
}

/** A reason that is new to us is an end all the same. */
export function finishReasonOf(status: unknown, incompleteReason: unknown, hasCalls: boolean): FinishReason {
  if (status === 'incomplete') return incompleteReason === 'content_filter' ? 'content_filter' : 'length';
  return hasCalls ? 'tool_calls' : 'stop';
}
