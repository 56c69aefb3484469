const MINUTE_MS = 60_000;

/** Requests and tokens of the current minute: those of this gateway, and what others have told of theirs. */
export class MinuteUsage {
  private minute = 0;
  private own = { requests: 0, tokens: 0 };
  private elsewhere = { requests: 0, tokens: 0 };

  add(nowMs: number, requests: number, tokens: number): void {
    this.advance(nowMs);
    this.own.requests += requests;
    this.own.tokens += tokens;
  }

  setElsewhere(nowMs: number, usage: { requests: number; tokens: number }): void {
    this.advance(nowMs);
    this.elsewhere = usage;
  }

  of(nowMs: number): { requests: number; tokens: number } {
    this.advance(nowMs);
    const { own, elsewhere } = this;
    return { requests: own.requests + elsewhere.requests, tokens: own.tokens + elsewhere.tokens };
  }

  private advance(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute === this.minute) return;
    this.minute = minute;
    this.own = { requests: 0, tokens: 0 };
    this.elsewhere = { requests: 0, tokens: 0 };
  }
}
