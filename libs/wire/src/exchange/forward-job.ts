import { AppError } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import { isObject } from '../json-object.js';
import { mapUpstreamError } from '../openai/errors.js';
import type { Exchange, WholeAnswer } from './exchange.js';

/** A request that is no conversation: sent as it is, and answered as it is. */
export interface ForwardedJob {
  readonly endpoint: string;
  readonly body: Buffer;
  /** What a JSON answer says of the consumption; null: nothing. Absent: the answer is not read at all. */
  readonly readUsage?: (answer: Readonly<Record<string, unknown>>) => Usage | null;
}

/** One protocol on both sides, of which nothing is read but the usage. */
export function forwardJob({ endpoint, body, readUsage }: ForwardedJob): Exchange {
  return {
    endpoint,
    body,
    dropped: [],
    isOpaque: readUsage === undefined,
    readAnswer: (answer) => readJobAnswer(answer, readUsage),
    openStream: () => {
      throw new AppError('unsupported_parameter', 'Such an answer is not streamed.', { param: 'stream' });
    },
    mapError: mapUpstreamError,
  };
}

function readJobAnswer(body: Buffer, readUsage: ForwardedJob['readUsage']): WholeAnswer | null {
  const answer = parseOrNull(body);
  if (!isObject(answer)) return null;
  return {
    body,
    contentType: 'application/json',
    finishReason: null,
    usage: readUsage?.(answer) ?? null,
    serviceTier: null,
    text: () => '',
    withCost: () => body,
  };
}

function parseOrNull(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
