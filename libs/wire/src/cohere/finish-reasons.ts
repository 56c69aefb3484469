import type { FinishReason } from '../canonical/index.js';

const FROM_COHERE: ReadonlyMap<string, FinishReason> = new Map([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop_sequence'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'tool_calls'],
]);

/** A reason that is new to us is an end all the same; failures are none. */
export const finishReasonOf = (reason: string): FinishReason => FROM_COHERE.get(reason) ?? 'stop';

/** Cohere ends answers that broke off like whole ones. */
export const isFailure = (reason: string): boolean => reason === 'ERROR' || reason === 'TIMEOUT';
