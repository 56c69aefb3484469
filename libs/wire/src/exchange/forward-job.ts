import { AppError } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import { fieldsOf, isObject, textOrNull } from '../json-object.js';
import { mapUpstreamError } from '../openai/errors.js';
import type { Exchange, WholeAnswer } from './exchange.js';

/** A request that is no conversation: sent as it is, and answered as it is. */
export interface ForwardedJob {
  readonly endpoint: string;
  readonly body: Buffer;
  /** Of the body; absent: JSON. */
  readonly contentType?: string;
  /** What a JSON answer says of the consumption; null: nothing. Absent: the answer is not read at all. */
  readonly readUsage?: (answer: Readonly<Record<string, unknown>>) => Usage | null;
}

/** One protocol on both sides, of which nothing is read but the usage. */
export function forwardJob({ endpoint, body, contentType, readUsage }: ForwardedJob): Exchange {
  return {
    endpoint,
    body,
    ...(contentType !== undefined && { contentType }),
    dropped: [],
    isOpaque: readUsage === undefined,
    readAnswer: (answer, answerType) => readJobAnswer(answer, answerType, readUsage),
    openStream: () => {
      throw new AppError('unsupported_parameter', 'Such an answer is not streamed.', { param: 'stream' });
    },
    mapError: mapUpstreamError,
  };
}

function readJobAnswer(
  body: Buffer,
  contentType = 'application/json',
  readUsage: ForwardedJob['readUsage'],
): WholeAnswer | null {
  const text = PLAIN_TEXT.test(contentType) ? body.toString('utf8') : null;
  const answer = parseOrNull(body);
  if (text === null && !isObject(answer)) return null;
  const fields = fieldsOf(answer);
  return {
    body,
    contentType,
    finishReason: null,
    usage: readUsage?.(fields) ?? null,
    serviceTier: null,
    text: () => textOrNull(fields['text']) ?? text ?? '',
    withCost: () => body,
  };
}

/** A transcript may be asked for as text or as subtitles. */
const PLAIN_TEXT = /^(?:text\/(?:plain|vtt|srt)|application\/x-subrip)\b/i;

function parseOrNull(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
