import type { LineOutcome } from './batch.js';

/** A line of an output or error file, as clients of OpenAI's API read it. */
export function toResultLine(lineId: string, customId: string, outcome: LineOutcome): string {
  const answered = outcome.kind === 'answered';
  const line = {
    id: lineId,
    custom_id: customId,
    response: answered ? { status_code: outcome.status, request_id: outcome.requestId, body: outcome.body } : null,
    error: answered ? null : { code: outcome.code, message: outcome.message },
  };
  return `${JSON.stringify(line)}\n`;
}
