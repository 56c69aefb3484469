import OpenAI from 'openai';
import { readEventStream, type EventStream } from './event-stream.js';

export interface ApiAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The JSON of the body, undefined when it is none. A test states its shape by what it expects. */
  body: any;
}

const TIMEOUT_MS = 30_000;

/** Calls the platform as a user's own HTTP client would. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly key: string | null,
  ) {}

  /** The same platform, with another key. */
  as(key: string | null): ApiClient {
    return new ApiClient(this.url, key);
  }

  /** The same key, at another gateway. */
  at(url: string): ApiClient {
    return new ApiClient(url, this.key);
  }

  get(path: string, headers?: Record<string, string>): Promise<ApiAnswer> {
    return this.call('GET', path, undefined, headers);
  }

  post(path: string, body: unknown, headers?: Record<string, string>): Promise<ApiAnswer> {
    return this.call('POST', path, body, headers);
  }

  patch(path: string, body: unknown): Promise<ApiAnswer> {
    return this.call('PATCH', path, body);
  }

  delete(path: string): Promise<ApiAnswer> {
    return this.call('DELETE', path);
  }

  chat(body: object, headers?: Record<string, string>): Promise<ApiAnswer> {
    return this.post('/v1/chat/completions', body, headers);
  }

  /** A chat call whose answer is read event by event, at whatever pace it comes. */
  async stream(body: object, headers?: Record<string, string>): Promise<EventStream> {
    const controller = new AbortController();
    const response = await fetch(`${this.url}/v1/chat/completions`, {
      ...this.request('POST', { ...body, stream: true }, headers),
      signal: controller.signal,
    });
    return readEventStream(response, controller);
  }

  /** @param body Text goes out as it is, all else as JSON. */
  async call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer> {
    const response = await fetch(`${this.url}${path}`, {
      ...this.request(method, body, headers),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  /** The official client. */
  openai(options: ConstructorParameters<typeof OpenAI>[0] = {}): OpenAI {
    return new OpenAI({
      baseURL: `${this.url}/v1`,
      apiKey: this.key ?? 'none',
      maxRetries: 0,
      timeout: TIMEOUT_MS,
      ...options,
    });
  }

  private request(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
    return {
      method,
      headers: {
        ...(this.key !== null && { authorization: `Bearer ${this.key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
