import { serviceTierFromAnthropic, usageFromAnthropic } from '@ao/pricing';
import type { Answer, AnswerPart, Citation } from '../canonical/index.js';
import { fieldsOf, objectsOf, textOrNull } from '../json-object.js';
import { finishReasonOf } from './finish-reasons.js';

/** Reads a whole `message`. @throws SyntaxError, TypeError. */
export function decodeAnswer(body: Buffer): Answer {
  const message = fieldsOf(JSON.parse(body.toString()));
  if (message['type'] !== 'message' || !Array.isArray(message['content'])) throw new TypeError('no message');
  const stopReason = textOrNull(message['stop_reason']);
  return {
    id: textOrNull(message['id']),
    model: textOrNull(message['model']),
    choices: [
      {
        parts: objectsOf(message['content']).flatMap(decodePart),
        finishReason: stopReason === null ? null : finishReasonOf(stopReason),
        stopSequence: textOrNull(message['stop_sequence']),
        logprobs: null,
      },
    ],
    usage: usageFromAnthropic(message['usage']),
    serviceTier: serviceTierFromAnthropic(message['usage']),
  };
}

/** Blocks of a kind that we do not know (results of tools that Anthropic runs itself) say nothing to other clients. */
function decodePart(block: Readonly<Record<string, unknown>>): AnswerPart[] {
  switch (block['type']) {
    case 'text': {
      const citations = objectsOf(block['citations']).map(decodeCitation);
      return [{ type: 'text', text: String(block['text']), ...(citations.length > 0 && { citations }) }];
    }
    case 'tool_use':
      return [
        {
          type: 'tool_call',
          id: String(block['id']),
          name: String(block['name']),
          argumentsJson: JSON.stringify(block['input'] ?? {}),
        },
      ];
    case 'thinking':
      return [
        {
          type: 'reasoning',
          text: textOrNull(block['thinking']) ?? '',
          signature: textOrNull(block['signature']),
          redacted: null,
        },
      ];
    case 'redacted_thinking':
      return [{ type: 'reasoning', text: '', signature: null, redacted: textOrNull(block['data']) }];
    default:
      return [];
  }
}

export function decodeCitation(citation: Readonly<Record<string, unknown>>): Citation {
  return {
    title: textOrNull(citation['title']) ?? textOrNull(citation['document_title']),
    url: textOrNull(citation['url']),
    text: textOrNull(citation['cited_text']),
    start: null,
    end: null,
  };
}
