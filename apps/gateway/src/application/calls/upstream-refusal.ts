import type { Exchange, openai } from '@ao/wire';
import type { UpstreamAnswer } from '../ports.js';

/** A provider's refusal as the caller of routed traffic sees it: our schema, a 4xx keeping its status. */
export class UpstreamRefusal extends Error {
  constructor(
    readonly status: number,
    readonly body: openai.UpstreamError['body'],
    readonly retryAfter: string | undefined,
  ) {
    super(body.error.message);
  }

  static from(answer: UpstreamAnswer, body: Buffer, exchange: Exchange): UpstreamRefusal {
    const mapped = exchange.mapError(answer.status, body);
    return new UpstreamRefusal(mapped.status, mapped.body, answer.headers['retry-after']);
  }
}
