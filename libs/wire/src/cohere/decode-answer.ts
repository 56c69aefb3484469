import { usageFromCohere } from '@ao/pricing';
import type { Answer, AnswerPart, Citation } from '../canonical/index.js';
import { fieldsOf, objectsOf, textOrNull } from '../json-object.js';
import { finishReasonOf, isFailure } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads a whole answer of `/v2/chat`. @throws SyntaxError, TypeError. */
export function decodeAnswer(body: Buffer): Answer {
  const answer = fieldsOf(JSON.parse(body.toString()));
  const message = fieldsOf(answer['message']);
  const reason = textOrNull(answer['finish_reason']);
  if (message['role'] !== 'assistant' || (reason !== null && isFailure(reason)))
    throw new TypeError('no answer of chat');
  return {
    id: textOrNull(answer['id']),
    model: null,
    choices: [
      {
        parts: decodeMessage(message),
        finishReason: reason === null ? null : finishReasonOf(reason),
        stopSequence: null,
        logprobs: null,
      },
    ],
    usage: usageFromCohere(answer['usage']),
    serviceTier: null,
  };
}

/** The plan that goes before calls is what other providers call reasoning. */
function decodeMessage(message: Json): AnswerPart[] {
  const plan = textOrNull(message['tool_plan']) ?? '';
  const parts = [...thought(plan), ...objectsOf(message['content']).flatMap(decodeContent)];
  const citations = objectsOf(message['citations']).filter(isOfText).map(decodeCitation);
  const text = parts.findIndex(({ type }) => type === 'text');
  const cited = parts.map((part, index) =>
    part.type === 'text' && index === text && citations.length > 0 ? { ...part, citations } : part,
  );
  return [...cited, ...objectsOf(message['tool_calls']).map(decodeCall)];
}

const thought = (text: string): AnswerPart[] =>
  text === '' ? [] : [{ type: 'reasoning', text, signature: null, redacted: null }];

function decodeContent(content: Json): AnswerPart[] {
  if (content['type'] === 'thinking') return thought(textOrNull(content['thinking']) ?? '');
  const text = textOrNull(content['text']) ?? '';
  return text === '' ? [] : [{ type: 'text', text }];
}

function decodeCall(call: Json): AnswerPart {
  const called = fieldsOf(call['function']);
  return {
    type: 'tool_call',
    id: String(call['id']),
    name: String(called['name']),
    argumentsJson: textOrNull(called['arguments']) ?? '',
  };
}

/** Plans and thoughts are cited too, but no other protocol can say so. */
export const isOfText = (citation: Json): boolean => (citation['type'] ?? 'TEXT_CONTENT') === 'TEXT_CONTENT';

export function decodeCitation(citation: Json): Citation {
  const source = fieldsOf(objectsOf(citation['sources'])[0]);
  const cited = fieldsOf(source['document'] ?? source['tool_output']);
  const place = (key: string): number | null => (Number.isInteger(citation[key]) ? (citation[key] as number) : null);
  return {
    title: textOrNull(cited['title']) ?? textOrNull(source['id']),
    url: textOrNull(cited['url']),
    text: textOrNull(citation['text']),
    start: place('start'),
    end: place('end'),
  };
}
