import type { AnswerContext, DecodedCall, Reply, WholeReply } from './protocol.js';

/** A body of JSON with status 200. */
export function jsonReply(content: unknown): WholeReply {
  return { kind: 'whole', status: 200, contentType: 'application/json', body: JSON.stringify(content) };
}

/** A call that needs no model, such as one that reads what was kept. */
export function answerWith(answer: (context: AnswerContext) => Reply, model = ''): DecodedCall {
  return { kind: 'decoded', model, answer };
}

/** A server-sent event that is named as its data are. */
export function serverEvent(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** Seconds since 1970, as OpenAI's timestamps are. */
export function secondsOf(context: AnswerContext): number {
  return Math.floor(context.nowMs / 1000);
}
