import type { AnswerContext, DecodedCall } from './protocol.js';

/** A call that is answered with one JSON object. */
export function jsonOperation(model: string, content: (context: AnswerContext) => object): DecodedCall {
  return {
    kind: 'decoded',
    model,
    answer: (context) => ({
      kind: 'whole',
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify(content(context)),
    }),
  };
}

/** A part of a path without its percent signs, or as it came when they mean nothing. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
