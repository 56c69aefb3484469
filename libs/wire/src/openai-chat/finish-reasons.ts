import type { FinishReason } from '../canonical/index.js';

const TO_OPENAI: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter',
  pause: 'stop',
};

const FROM_OPENAI: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
]);

export const openAiReasonOf = (reason: FinishReason): string => TO_OPENAI[reason];
/** A reason that is new to us is an end all the same. */
export const finishReasonOf = (reason: string): FinishReason => FROM_OPENAI.get(reason) ?? 'stop';
