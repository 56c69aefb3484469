import type { LoadResult } from './job.js';

/** Of different reasons; a program has few. */
const REASONS_MAX = 20;

/** Adds up what became of the requests of a job. */
export class Tally {
  private readonly latencies: number[] = [];
  private readonly firstBytes: number[] = [];
  private readonly failures: Record<string, number> = {};
  private failed = 0;

  answered(latencyMs: number, firstByteMs: number): void {
    this.latencies.push(latencyMs);
    this.firstBytes.push(firstByteMs);
  }

  refused(reason: string): void {
    this.failed += 1;
    const known = reason in this.failures || Object.keys(this.failures).length < REASONS_MAX;
    if (known) this.failures[reason] = (this.failures[reason] ?? 0) + 1;
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
