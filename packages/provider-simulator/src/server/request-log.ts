import type { IncomingHttpHeaders } from 'node:http';

/** `answered`: to the end; `faulted`: broken off or held on purpose; `aborted`: the client left first. */
export type Outcome = 'pending' | 'answered' | 'faulted' | 'aborted';

/** One request as it came in, and what became of it. */
export interface RecordedRequest {
  /** From 1, in order of arrival. */
  readonly sequence: number;
  readonly receivedAtMs: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON, or the text when it is none. */
  readonly body: unknown;
  /** Without directives; empty when the request named none. */
  model: string;
  /** Undefined until a status line was sent. */
  status: number | undefined;
  outcome: Outcome;
  aborted: boolean;
}

interface Kept {
  readonly request: RecordedRequest;
  readonly byteCount: number;
}

/** A test's worth of large bodies; without it a thousand of 10 MB each would fill the memory. */
const BYTES_MAX = 64 * 1024 * 1024;

/** The latest requests, bounded in number and size; the oldest go first. */
export class RequestLog {
  private kept: Kept[] = [];
  private byteCount = 0;
  private sequence = 0;

  /** @param countMax 0 records nothing, for benchmarks. */
  constructor(private readonly countMax: number) {}

  get enabled(): boolean {
    return this.countMax > 0;
  }

  get requests(): RecordedRequest[] {
    return this.kept.map((kept) => kept.request);
  }

  nextSequence(): number {
    this.sequence += 1;
    return this.sequence;
  }

  add(request: RecordedRequest, byteCount: number): void {
    this.kept.push({ request, byteCount });
    this.byteCount += byteCount;
    while (this.kept.length > this.countMax || (this.byteCount > BYTES_MAX && this.kept.length > 1)) {
      this.byteCount -= this.kept.shift()!.byteCount;
    }
  }

  clear(): void {
    this.kept = [];
    this.byteCount = 0;
    this.sequence = 0;
  }
}
