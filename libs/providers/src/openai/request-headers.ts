import { AppError } from '@ao/kernel';
import type { UpstreamRequest } from '../connector.js';
import type { ProviderTarget } from '../provider-target.js';

/** Headers of the OpenAI protocol that a request may add to ours; all others are dropped. */
const PASSED_ON = new Set(['openai-beta', 'openai-project', 'idempotency-key']);

/** What every header value must be (RFC 9110 §5.5), lest one header becomes two. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,4096}$/;

const COMMON = ['user-agent', 'ai-orchestrator', 'accept-encoding', 'identity'];

/** Makes the headers of upstream requests; what is the same for all requests is made once. */
export class RequestHeaders {
  private readonly json: readonly string[];
  private readonly stream: readonly string[];
  private readonly ours: readonly string[];

  constructor({ apiKey, organisation }: ProviderTarget) {
    const posted = [...COMMON, 'content-type', 'application/json'];
    this.json = [...posted, 'accept', 'application/json'];
    this.stream = [...posted, 'accept', 'text/event-stream'];
    const key = apiKey === null ? [] : ['authorization', `Bearer ${apiKey}`];
    this.ours = organisation === null ? key : [...key, 'openai-organization', organisation];
  }

  /** Names and values in turn. Throws `invalid_header_value` when one cannot be a header. */
  forRequest({ stream, requestId, apiKey, headers }: UpstreamRequest): string[] {
    const all = [...(stream ? this.stream : this.json), 'x-request-id', requestId];
    if (apiKey === undefined) all.push(...this.ours);
    else all.push('authorization', `Bearer ${checked('api key', apiKey)}`);
    for (const name in headers) {
      if (PASSED_ON.has(name)) all.push(name, checked(name, headers[name]!));
    }
    return all;
  }

  /** For requests of our own without a body. */
  forQuery(): string[] {
    return [...COMMON, 'accept', 'application/json', ...this.ours];
  }
}

function checked(name: string, value: string): string {
  if (VALUE.test(value)) return value;
  throw new AppError('invalid_header_value', `The value given for '${name}' cannot be sent as a header.`, {
    param: name,
  });
}
