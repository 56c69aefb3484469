import type { FinishReason } from '../canonical/index.js';

const FROM_BEDROCK: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
]);

/** A reason that is new to us is an end all the same. */
export const finishReasonOf = (stopReason: string): FinishReason => FROM_BEDROCK.get(stopReason) ?? 'stop';
