import type { FinishReason } from '../canonical/index.js';

const FROM_ANTHROPIC: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
]);

const TO_ANTHROPIC: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
};

/** A reason that is new to us is an end all the same. */
export const finishReasonOf = (stopReason: string): FinishReason => FROM_ANTHROPIC.get(stopReason) ?? 'stop';
export const stopReasonOf = (reason: FinishReason): string => TO_ANTHROPIC[reason];
