import type { LoadResult } from './job.js';

const FAILURES_TOLD_MAX = 5;

/** Adds up what became of the requests of a job. */
export class Tally {
  private readonly latencies: number[] = [];
  private readonly firstBytes: number[] = [];
  private readonly failures: string[] = [];
  private failed = 0;

  answered(latencyMs: number, firstByteMs: number): void {
    this.latencies.push(latencyMs);
    this.firstBytes.push(firstByteMs);
  }

  refused(reason: string): void {
    this.failed += 1;
    if (this.failures.length < FAILURES_TOLD_MAX) this.failures.push(reason);
  }

  get hasFailed(): boolean {
    return this.failed > 0;
  }

  result(durationMs: number): LoadResult {
    return {
      answered: this.latencies.length,
      failed: this.failed,
      failures: this.failures,
      durationMs,
      latenciesMs: Float64Array.from(this.latencies),
      firstBytesMs: Float64Array.from(this.firstBytes),
    };
  }
}
