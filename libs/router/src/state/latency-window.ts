const SAMPLES = 128;

/** The latencies of the latest calls, in fixed memory; their figures are computed once per change. */
export class LatencyWindow {
  private readonly samples = new Float64Array(SAMPLES);
  private count = 0;
  private sum = 0;
  private p95Cached: number | null = null;

  add(latencyMs: number): void {
    const at = this.count % SAMPLES;
    this.sum += latencyMs - this.samples[at]!;
    this.samples[at] = latencyMs;
    this.count += 1;
    this.p95Cached = null;
  }

  /** Null before the first call. */
  mean(): number | null {
    return this.count === 0 ? null : this.sum / Math.min(this.count, SAMPLES);
  }

  p95(): number | null {
    if (this.count === 0) return null;
    if (this.p95Cached === null) {
      const size = Math.min(this.count, SAMPLES);
      const sorted = this.samples.slice(0, size).sort();
      this.p95Cached = sorted[Math.min(size - 1, Math.ceil(size * 0.95) - 1)]!;
    }
    return this.p95Cached;
  }
}
