const SAMPLES = 128;
/** What was measured so long ago says nothing of today: one that was slow once gets another chance. */
const TTL_MS = 300_000;

/** The latencies of the latest calls, in fixed memory; their figures are computed once per change. */
export class LatencyWindow {
  private readonly samples = new Float64Array(SAMPLES);
  private count = 0;
  private sum = 0;
  private p95Cached: number | null = null;
  private latestAtMs = 0;

  add(latencyMs: number, nowMs: number): void {
    if (!this.isFresh(nowMs)) this.clear();
    const at = this.count % SAMPLES;
    this.sum += latencyMs - this.samples[at]!;
    this.samples[at] = latencyMs;
    this.count += 1;
    this.p95Cached = null;
    this.latestAtMs = nowMs;
  }

  /** Null before the first call, and when the latest is long ago. */
  mean(nowMs: number): number | null {
    return this.isFresh(nowMs) ? this.sum / Math.min(this.count, SAMPLES) : null;
  }

  /** Null likewise. */
  p95(nowMs: number): number | null {
    if (!this.isFresh(nowMs)) return null;
    if (this.p95Cached === null) {
      const size = Math.min(this.count, SAMPLES);
      const sorted = this.samples.slice(0, size).sort();
      this.p95Cached = sorted[Math.min(size - 1, Math.ceil(size * 0.95) - 1)]!;
    }
    return this.p95Cached;
  }

  private isFresh(nowMs: number): boolean {
    return this.count > 0 && nowMs - this.latestAtMs < TTL_MS;
  }

  private clear(): void {
    this.samples.fill(0);
    this.count = 0;
    this.sum = 0;
  }
}
