/** What the load generator is told to do, as one message. */
export interface LoadJob {
  /** Scheme, host and port. */
  origin: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  durationMs: number;
  /** A whole answer ends with these bytes; anything else counts as a failure. */
  ending: string;
  pace: Pace;
}

/**
 * `closed`: so many connections, each sending its next request when it has its answer; measures throughput.
 * `open`: a request at every due time, whether or not earlier ones are answered; measures latency.
 */
export type Pace = { kind: 'closed'; connections: number } | { kind: 'open'; requestsPerSecond: number };

/** What came of a job, as one message. */
export interface LoadResult {
  /** Whole answers with a 2xx status, of requests sent within the time. */
  answered: number;
  failed: number;
  /** How often each reason was met. */
  failures: Record<string, number>;
  /** From the first request to the last answer. */
  durationMs: number;
  /** One figure per answer; with an open pace from the due time, so that a wait hides nothing (no coordinated omission). */
  latenciesMs: Float64Array;
  /** The same to the first byte of the body. */
  firstBytesMs: Float64Array;
}
