import { serviceTierOf, usageFromBedrock } from '@ao/pricing';
import type { Answer, AnswerPart, Citation } from '../canonical/index.js';
import { fieldsOf, isObject, objectsOf, textOrNull } from '../json-object.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads a whole answer of Converse. @throws SyntaxError, TypeError. */
export function decodeAnswer(body: Buffer): Answer {
  const answer = fieldsOf(JSON.parse(body.toString()));
  const message = fieldsOf(fieldsOf(answer['output'])['message']);
  if (!Array.isArray(message['content'])) throw new TypeError('no answer of Converse');
  const stopReason = textOrNull(answer['stopReason']);
  return {
    id: null,
    model: null,
    choices: [
      {
        parts: objectsOf(message['content']).flatMap(decodeBlock),
        finishReason: stopReason === null ? null : finishReasonOf(stopReason),
        stopSequence: null,
        logprobs: null,
      },
    ],
    usage: usageFromBedrock(answer['usage']),
    serviceTier: tierOf(answer),
  };
}

export const tierOf = (told: Json): string | null => serviceTierOf(fieldsOf(told['serviceTier'])['type']);

/** Blocks of a kind that we do not know say nothing to other clients. */
function decodeBlock(block: Json): AnswerPart[] {
  const { text, toolUse, reasoningContent, citationsContent } = block;
  if (typeof text === 'string') return text === '' ? [] : [{ type: 'text', text }];
  if (isObject(reasoningContent)) return [decodeThought(reasoningContent)];
  if (isObject(citationsContent)) return [decodeCited(citationsContent)];
  // A tool that runs at AWS is no call of the client's.
  if (!isObject(toolUse) || toolUse['type'] === 'server_tool_use') return [];
  return [
    {
      type: 'tool_call',
      id: String(toolUse['toolUseId']),
      name: String(toolUse['name']),
      argumentsJson: JSON.stringify(toolUse['input'] ?? {}),
    },
  ];
}

function decodeThought(content: Json): AnswerPart {
  const { text, signature } = fieldsOf(content['reasoningText']);
  return {
    type: 'reasoning',
    text: textOrNull(text) ?? '',
    signature: textOrNull(signature),
    redacted: textOrNull(content['redactedContent']),
  };
}

function decodeCited(content: Json): AnswerPart {
  const text = objectsOf(content['content']).map((part) => textOrNull(part['text']) ?? '');
  return { type: 'text', text: text.join(''), citations: objectsOf(content['citations']).map(decodeCitation) };
}

export function decodeCitation(citation: Json): Citation {
  const words = objectsOf(citation['sourceContent']).map((part) => textOrNull(part['text']) ?? '');
  const web = fieldsOf(fieldsOf(citation['location'])['web']);
  return {
    title: textOrNull(citation['title']),
    url: textOrNull(web['url']),
    text: words.length > 0 ? words.join('') : null,
    start: null,
    end: null,
  };
}
