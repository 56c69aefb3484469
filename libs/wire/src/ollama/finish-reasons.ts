import type { FinishReason } from '../canonical/index.js';

/** Ollama ends an answer that calls tools with `stop`, as any other. */
export function finishReasonOf(doneReason: string, hasCalls: boolean): FinishReason {
  if (doneReason === 'length') return 'length';
  return hasCalls ? 'tool_calls' : 'stop';
}

export const doneReasonOf = (reason: FinishReason | null): string => (reason === 'length' ? 'length' : 'stop');
