import type { FinishReason } from '../canonical/index.js';

const FROM_GEMINI: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['MODEL_ARMOR', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
]);

const TO_GEMINI: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
  pause: 'STOP',
};

/** Gemini stops at calls as at everything else. A reason that is new to us is an end all the same. */
export function finishReasonOf(reason: string, hasCalls: boolean): FinishReason {
  const known = FROM_GEMINI.get(reason) ?? 'stop';
  return known === 'stop' && hasCalls ? 'tool_calls' : known;
}

export const geminiReasonOf = (reason: FinishReason): string => TO_GEMINI[reason];
