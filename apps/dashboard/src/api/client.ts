import { strings } from '../strings.js';
import { ApiError } from './api-error.js';

export type Query = Record<string, string | number | null | undefined>;

export interface CallOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/** Longer than the longest deadline the gateway gives one of its services. */
const TIMEOUT_MS = 20_000;

/** The public HTTP API, called with one key. */
export class ApiClient {
  /**
   * @param key Empty: no Authorization header is sent, for servers that ask for none.
   * @param send `fetch`, or another with its shape.
   */
  constructor(
    private readonly key: string,
    private readonly send: typeof fetch = (input, init) => fetch(input, init),
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /**
   * Gives the JSON of a successful answer; its shape is the contract of the route.
   * @throws ApiError for everything else, the caller's own cancellation excepted.
   */
  async call<Answer>(path: string, { method = 'GET', query, body, signal }: CallOptions = {}): Promise<Answer> {
    const deadline = AbortSignal.timeout(this.timeoutMs);
    try {
      const response = await this.send(`${path}${toQueryString(query)}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(this.key && { authorization: `Bearer ${this.key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        cache: 'no-store',
        credentials: 'same-origin',
        redirect: 'error',
      });
      const text = await response.text();
      if (!response.ok) throw toApiError(response, text);
      return parseAnswer(response, text) as Answer;
    } catch (error) {
      if (error instanceof ApiError || signal?.aborted) throw error;
      if (deadline.aborted) throw new ApiError(0, 'timeout', strings.errors.timeout);
      throw new ApiError(0, 'network', strings.errors.network);
    }
  }
}

/** `{a: 1, b: null}` → `?a=1`: what is not set is not sent. */
export function toQueryString(query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function parseAnswer(response: Response, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiError(response.status, 'unreadable_answer', strings.errors.unreadable, requestIdOf(response));
  }
}

function toApiError(response: Response, text: string): ApiError {
  const { code, message } = readErrorBody(text);
  return new ApiError(
    response.status,
    code ?? `http_${response.status}`,
    message ?? strings.errors.status(response.status),
    requestIdOf(response),
  );
}

/** A proxy in between may answer with a page of its own: then there is neither code nor message. */
function readErrorBody(text: string): { code?: string; message?: string } {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    return {
      ...(typeof error?.code === 'string' && { code: error.code }),
      ...(typeof error?.message === 'string' && { message: error.message }),
    };
  } catch {
    return {};
  }
}

const requestIdOf = (response: Response): string | null => response.headers.get('x-request-id');
