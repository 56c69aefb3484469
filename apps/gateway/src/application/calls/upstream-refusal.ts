import type { Exchange, openai } from '@ao/wire';
import type { UpstreamAnswer } from '../ports.js';

const MS_PER_S = 1_000;

/** A provider's refusal as the caller of routed traffic sees it: our schema, a 4xx keeping its status. */
export class UpstreamRefusal extends Error {
  constructor(
    /** What the caller is answered. */
    readonly status: number,
    readonly body: openai.UpstreamError['body'],
    readonly kind: openai.UpstreamErrorKind,
    /** As the provider wrote it. */
    readonly retryAfter: string | undefined,
    readonly retryAfterMs: number | null,
  ) {
    super(body.error.message);
  }

  static from({ status, headers }: UpstreamAnswer, body: Buffer, exchange: Exchange, nowMs: number): UpstreamRefusal {
    const mapped = exchange.mapError(status, body);
    const retryAfter = headers['retry-after'];
    return new UpstreamRefusal(mapped.status, mapped.body, mapped.kind, retryAfter, waitIn(headers, nowMs));
  }
}

/** `retry-after-ms`, else `Retry-After` in seconds or as a date (RFC 9110 §10.2.3); null when it says nothing sensible. */
function waitIn(headers: UpstreamAnswer['headers'], nowMs: number): number | null {
  const exact = Number.parseFloat(headers['retry-after-ms'] ?? '');
  if (exact >= 0) return exact;
  const given = headers['retry-after'];
  if (given === undefined) return null;
  const seconds = Number(given);
  if (given.trim() !== '' && seconds >= 0) return seconds * MS_PER_S;
  const dateMs = Date.parse(given);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
