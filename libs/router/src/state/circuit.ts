/** When a deployment is left alone, and for how long. */
export interface CircuitPolicy {
  /** Failures within a minute that it may have; one more, and half of its calls failed, opens the circuit. */
  allowedFails: number;
  /** The first pause; each failed probe doubles it, up to `COOLDOWN_MS_MAX`. */
  cooldownMs: number;
  /** False: never opens. */
  enabled: boolean;
}

export type CircuitState = 'closed' | 'open' | 'half_open';

/** No deployment is forgotten for longer: a provider that came back is found within this. */
export const COOLDOWN_MS_MAX = 300_000;
/** A probe that nobody heard of again, as of a gateway that died, frees its place after this. */
export const PROBE_MS_MAX = 30_000;

const SLICE_MS = 10_000;
const SLICES = 6;
/** Of all calls of the last minute, this share must have failed: a busy deployment always has a few failures. */
const FAILED_SHARE = 0.5;
/**
 * Where nothing else can serve, leaving a deployment alone helps nobody but its provider: only one that fails all of so many
 * calls is given that rest.
 */
const FAILS_ALONE = 20;

/**
 * The circuit of one deployment. Closed: called freely. Open: not called. After the pause one call at a time may try it
 * (half open): its success closes the circuit, its failure opens it for twice as long. Times are monotonic milliseconds.
 */
export class Circuit {
  private openUntilMs = 0;
  private isTripped = false;
  private pauses = 0;
  private probeUntilMs = 0;
  private readonly successes = new SlidingCount();
  private readonly failures = new SlidingCount();

  state(nowMs: number): CircuitState {
    if (!this.isTripped) return 'closed';
    return nowMs < this.openUntilMs ? 'open' : 'half_open';
  }

  /** Whether a call may go there now; a half-open one has room for one probe. */
  admits(nowMs: number): boolean {
    return !this.isTripped || (nowMs >= this.openUntilMs && nowMs >= this.probeUntilMs);
  }

  /** How long until it may be tried; 0 when now. */
  retryAfterMs(nowMs: number): number {
    return this.isTripped ? Math.max(0, this.openUntilMs - nowMs, this.probeUntilMs - nowMs) : 0;
  }

  /** A call starts; true when it is the probe of a half-open circuit. */
  begin(nowMs: number): boolean {
    if (this.state(nowMs) !== 'half_open') return false;
    this.probeUntilMs = nowMs + PROBE_MS_MAX;
    return true;
  }

  /** Another gateway probes: nobody else for so long. */
  defer(nowMs: number, durationMs: number): void {
    this.probeUntilMs = nowMs + durationMs;
  }

  /** A call that says nothing of the deployment has ended: the next one may probe. */
  abandon(): void {
    this.probeUntilMs = 0;
  }

  /** @returns whether that closed the circuit. */
  succeed(nowMs: number, isProbe: boolean): boolean {
    this.successes.add(nowMs);
    // One that was under way when the circuit opened tells nothing new.
    return isProbe && this.state(nowMs) === 'half_open' && this.close();
  }

  /**
   * @param how `pauseMs`: what the provider asked for, by `Retry-After`; opens at once. Null: it counts like others.
   * `isAlone`: no other deployment could have served the call.
   * @returns how long the circuit is open from now on; null when that did not open it.
   */
  fail(
    nowMs: number,
    policy: CircuitPolicy,
    { pauseMs: leastPauseMs, isAlone, isProbe }: { pauseMs: number | null; isAlone: boolean; isProbe: boolean },
  ): number | null {
    this.failures.add(nowMs);
    if (!policy.enabled) return null;
    const state = this.state(nowMs);
    if (state === 'open' || (state === 'half_open' && !isProbe)) return null;
    if (state === 'closed' && leastPauseMs === null && !this.isFailing(nowMs, policy, isAlone)) return null;
    const pauseMs = Math.max(policy.cooldownMs * 2 ** Math.min(this.pauses, 16), leastPauseMs ?? 0);
    return this.open(nowMs, Math.min(pauseMs, COOLDOWN_MS_MAX));
  }

  /** Opens, also because another gateway found reason to. @returns for how long. */
  open(nowMs: number, pauseMs: number): number {
    this.isTripped = true;
    this.pauses += 1;
    this.probeUntilMs = 0;
    this.openUntilMs = Math.max(this.openUntilMs, nowMs + pauseMs);
    return pauseMs;
  }

  /** Closes, also because another gateway's probe succeeded. @returns whether it was not closed before. */
  close(): boolean {
    const wasTripped = this.isTripped;
    this.isTripped = false;
    this.pauses = 0;
    this.openUntilMs = 0;
    this.probeUntilMs = 0;
    this.failures.clear();
    return wasTripped;
  }

  /** Of the calls of the last minute; 0 without any. */
  errorRate(nowMs: number): number {
    const failed = this.failures.count(nowMs);
    const all = failed + this.successes.count(nowMs);
    return all === 0 ? 0 : failed / all;
  }

  private isFailing(nowMs: number, { allowedFails }: CircuitPolicy, isAlone: boolean): boolean {
    const failed = this.failures.count(nowMs);
    if (isAlone) return failed > Math.max(allowedFails, FAILS_ALONE) && this.errorRate(nowMs) === 1;
    return failed > allowedFails && this.errorRate(nowMs) >= FAILED_SHARE;
  }
}

/** How often something happened within the last minute, to within ten seconds; fixed memory. */
class SlidingCount {
  private readonly slices = new Uint32Array(SLICES);
  private latest = 0;

  add(nowMs: number): void {
    this.advance(nowMs);
    this.slices[this.latest % SLICES]! += 1;
  }

  count(nowMs: number): number {
    this.advance(nowMs);
    let sum = 0;
    for (const slice of this.slices) sum += slice;
    return sum;
  }

  clear(): void {
    this.slices.fill(0);
  }

  private advance(nowMs: number): void {
    const current = Math.floor(nowMs / SLICE_MS);
    if (current <= this.latest) return;
    if (current - this.latest >= SLICES) this.slices.fill(0);
    else for (let slice = this.latest + 1; slice <= current; slice += 1) this.slices[slice % SLICES] = 0;
    this.latest = current;
  }
}
