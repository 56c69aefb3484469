import type { UpstreamBody } from './upstream-body.js';

/** Milliseconds since `send`; filled in as the call goes on. */
export interface UpstreamTimings {
  /** Until a connection took the request. */
  readonly queuedMs: number;
  readonly headersMs: number;
  readonly firstByteMs: number | null;
}

/** An answer of any status but a redirect. Its body must be read, collected or cancelled. */
export interface UpstreamResponse {
  readonly status: number;
  /** Content type and retry headers, the provider's ids and limits under our names (`response-headers.ts`). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: UpstreamBody;
  readonly timings: UpstreamTimings;
}
