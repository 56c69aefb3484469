import { serviceTierFromOpenAi, usageFromOpenAi } from '@ao/pricing';
import type { Answer, AnswerChoice, AnswerPart, Citation } from '../canonical/index.js';
import { fieldsOf, objectsOf, textOrNull } from '../json-object.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads a whole `chat.completion`. @throws SyntaxError, TypeError. */
export function decodeAnswer(body: Buffer): Answer {
  const completion = fieldsOf(JSON.parse(body.toString()));
  if (!Array.isArray(completion['choices'])) throw new TypeError('no chat completion');
  const usage = completion['usage'];
  return {
    id: textOrNull(completion['id']),
    model: textOrNull(completion['model']),
    choices: objectsOf(completion['choices']).map(decodeChoice),
    usage: usageFromOpenAi(usage),
    serviceTier: serviceTierFromOpenAi(completion['service_tier'], usage),
  };
}

function decodeChoice(choice: Json): AnswerChoice {
  const message = fieldsOf(choice['message']);
  const reason = textOrNull(choice['finish_reason']);
  return {
    parts: [
      ...thoughtsOf(message),
      ...textPart(message),
      ...refusalPart(message),
      ...objectsOf(message['tool_calls']).map(decodeCall),
    ],
    finishReason: reason === null ? null : finishReasonOf(reason),
    stopSequence: null,
    logprobs: choice['logprobs'] ?? null,
  };
}

/** Providers put visible reasoning under one of two names. */
export const reasoningOf = (message: Json): string =>
  textOrNull(message['reasoning_content']) ?? textOrNull(message['reasoning']) ?? '';

function thoughtsOf(message: Json): AnswerPart[] {
  const text = reasoningOf(message);
  return text === '' ? [] : [{ type: 'reasoning', text, signature: null, redacted: null }];
}

function textPart(message: Json): AnswerPart[] {
  const text = textOrNull(message['content']) ?? '';
  const citations = objectsOf(message['annotations']).map(decodeCitation);
  return text === '' ? [] : [{ type: 'text', text, ...(citations.length > 0 && { citations }) }];
}

function refusalPart(message: Json): AnswerPart[] {
  const text = textOrNull(message['refusal']) ?? '';
  return text === '' ? [] : [{ type: 'refusal', text }];
}

function decodeCall(call: Json): AnswerPart {
  const called = fieldsOf(call['function']);
  const signature = signatureOf(call);
  return {
    type: 'tool_call',
    id: textOrNull(call['id']) ?? '',
    name: textOrNull(called['name']) ?? '',
    argumentsJson: textOrNull(called['arguments']) ?? '',
    ...(signature !== null && { signature }),
  };
}

export const signatureOf = (call: Json): string | null =>
  textOrNull(fieldsOf(fieldsOf(call['extra_content'])['google'])['thought_signature']);

export function decodeCitation(annotation: Json): Citation {
  const cited = fieldsOf(annotation['url_citation']);
  const place = (key: string): number | null => (Number.isInteger(cited[key]) ? (cited[key] as number) : null);
  return {
    title: textOrNull(cited['title']),
    url: textOrNull(cited['url']),
    text: null,
    start: place('start_index'),
    end: place('end_index'),
  };
}
