import type { BatchEndpoint, BatchError } from './batch.js';
import { isStorable } from './task-text.js';

/** A line of the input as it is run. */
export interface RequestLine {
  customId: string;
  /** JSON. */
  body: string;
}

/** A call larger than this is refused; the gateway has a limit of its own besides. */
export const LINE_BYTES_MAX = 4_194_304;
const CUSTOM_ID_LENGTH_MAX = 512;

export type Problem = Omit<BatchError, 'line'>;

/** Reads one line of a batch's input; what is wrong with it is a value, for the whole list goes to the caller. */
export function readLine(line: Buffer, endpoint: BatchEndpoint): RequestLine | Problem {
  const record = parse(line);
  if (!isRecord(record)) return problem('invalid_json_line', 'This line is not a JSON object.', null);
  const { custom_id: customId, method, url, body } = record;
  if (typeof customId !== 'string' || customId === '') {
    return problem('missing_required_parameter', 'Give each line a "custom_id" of its own, a string.', 'custom_id');
  }
  if (customId.length > CUSTOM_ID_LENGTH_MAX || !isStorable(customId) || !customId.isWellFormed()) {
    return problem('invalid_custom_id', `A "custom_id" has at most ${CUSTOM_ID_LENGTH_MAX} characters.`, 'custom_id');
  }
  if (method !== 'POST') return problem('invalid_method', 'The "method" of each line is "POST".', 'method');
  if (url !== endpoint) return problem('mismatched_endpoint', `The "url" of each line is "${endpoint}".`, 'url');
  if (!isRecord(body)) return problem('missing_required_parameter', 'The "body" is the JSON object to send.', 'body');
  if (body['stream'] !== undefined && body['stream'] !== false) {
    return problem('invalid_request', 'A call of a batch is not streamed: leave "stream" out.', 'body.stream');
  }
  return { customId, body: JSON.stringify(body) };
}

export const isProblem = (line: RequestLine | Problem): line is Problem => 'code' in line;

function problem(code: string, message: string, param: string | null): Problem {
  return { code, message, param };
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
