import type { IncomingMessage } from 'node:http';
import type { Problem } from '../protocols/protocol.js';
import { parseForm } from './parse-form.js';
import { isForm, readBody } from './read-body.js';

/** The body of a request, read and parsed. */
export interface Content {
  /** The parsed JSON or form, undefined when there was none or it is wrong. */
  readonly body: unknown;
  /** As it came; empty for a form. */
  readonly text: string;
  readonly byteCount: number;
  /** What is wrong with it. */
  readonly problem?: Problem;
}

const TOO_LARGE: Content = {
  body: undefined,
  text: '',
  byteCount: 0,
  problem: { kind: 'payload_too_large', model: '' },
};
const INVALID_JSON: Problem = {
  kind: 'invalid_request',
  model: '',
  message:
    'We could not parse the JSON body of your request. The API expects a JSON payload, but what was sent was not valid JSON.',
};
const INVALID_FORM: Problem = {
  kind: 'invalid_request',
  model: '',
  message: 'Could not parse multipart form. Check the boundary in the content-type header and the end of the body.',
};

/** Reads the body of a request; never calls back when the client leaves before the end. */
export function readContent(request: IncomingMessage, done: (content: Content) => void): void {
  readBody(request, (bytes) => {
    if (bytes === 'too_large') return done(TOO_LARGE);
    if (!isForm(request)) return done(readJson(bytes.toString(), bytes.length));
    const empty = { body: undefined, text: '', byteCount: bytes.length };
    parseForm(bytes, request.headers['content-type'] ?? '').then(
      (body) => done({ ...empty, body }),
      () => done({ ...empty, problem: INVALID_FORM }),
    );
  });
}

function readJson(text: string, byteCount: number): Content {
  if (text === '') return { body: undefined, text, byteCount };
  try {
    return { body: JSON.parse(text), text, byteCount };
  } catch {
    return { body: undefined, text, byteCount, problem: INVALID_JSON };
  }
}
