import { serviceTierFromOpenAi, usageFromOpenAi } from '@ao/pricing';
import type { Answer, AnswerPart, Citation } from '../canonical/index.js';
import { fieldsOf, objectsOf, textOrNull } from '../json-object.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads a whole `response`. @throws SyntaxError, TypeError: also for one that failed or is not finished. */
export function decodeAnswer(body: Buffer): Answer {
  const response = fieldsOf(JSON.parse(body.toString()));
  const { status, output, usage } = response;
  const isEnded = status === 'completed' || status === 'incomplete';
  if (!Array.isArray(output) || !isEnded) throw new TypeError('no finished response');
  const parts = objectsOf(output).flatMap(decodeItem);
  const reason = fieldsOf(response['incomplete_details'])['reason'];
  return {
    id: textOrNull(response['id']),
    model: textOrNull(response['model']),
    choices: [
      {
        parts,
        finishReason: finishReasonOf(
          status,
          reason,
          parts.some(({ type }) => type === 'tool_call'),
        ),
        stopSequence: null,
        logprobs: logprobsOf(objectsOf(output).flatMap((item) => objectsOf(item['content']))),
      },
    ],
    usage: usageFromOpenAi(usage),
    serviceTier: serviceTierFromOpenAi(response['service_tier'], usage),
  };
}

/** Items of a kind that we do not know (calls of tools that OpenAI runs itself) say nothing to other clients. */
function decodeItem(item: Json): AnswerPart[] {
  switch (item['type']) {
    case 'message':
      return objectsOf(item['content']).flatMap(decodeContent);
    case 'function_call':
      return [callOf(item, textOrNull(item['arguments']) ?? '')];
    case 'custom_tool_call':
      return [callOf(item, JSON.stringify({ input: textOrNull(item['input']) ?? '' }))];
    case 'reasoning':
      return decodeReasoning(item);
    default:
      return [];
  }
}

function decodeContent(content: Json): AnswerPart[] {
  switch (content['type']) {
    case 'output_text': {
      const citations = objectsOf(content['annotations']).flatMap(decodeCitation);
      return [{ type: 'text', text: String(content['text']), ...(citations.length > 0 && { citations }) }];
    }
    case 'refusal':
      return [{ type: 'refusal', text: String(content['refusal']) }];
    default:
      return [];
  }
}

const callOf = (item: Json, argumentsJson: string): AnswerPart => ({
  type: 'tool_call',
  id: textOrNull(item['call_id']) ?? '',
  name: textOrNull(item['name']) ?? '',
  argumentsJson,
});

/** The thoughts that are shown, and what only the provider can read: other protocols have them apart. */
function decodeReasoning(item: Json): AnswerPart[] {
  const summary = objectsOf(item['summary']);
  const shown = summary.length > 0 ? summary : objectsOf(item['content']);
  const text = shown.map((part) => textOrNull(part['text']) ?? '').join('\n\n');
  const redacted = textOrNull(item['encrypted_content']);
  return [
    ...(text === '' ? [] : [{ type: 'reasoning' as const, text, signature: null, redacted: null }]),
    ...(redacted === null ? [] : [{ type: 'reasoning' as const, text: '', signature: null, redacted }]),
  ];
}

/** References to files at OpenAI lead nowhere for other clients. */
export function decodeCitation(annotation: Json): Citation[] {
  if (annotation['type'] !== 'url_citation') return [];
  const place = (key: string): number | null =>
    Number.isInteger(annotation[key]) ? (annotation[key] as number) : null;
  return [
    {
      title: textOrNull(annotation['title']),
      url: textOrNull(annotation['url']),
      text: null,
      start: place('start_index'),
      end: place('end_index'),
    },
  ];
}

/** As chat completions have them; null where no content has any. */
export function logprobsOf(contents: readonly Json[]): unknown {
  const content = contents.flatMap((part) => objectsOf(part['logprobs']));
  return content.length > 0 ? { content, refusal: null } : null;
}
