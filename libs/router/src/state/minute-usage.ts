const MINUTE_MS = 60_000;

/** What deployments are called for. */
export interface DeploymentUse {
  requests: number;
  tokens: number;
}

export const NO_USE: Readonly<DeploymentUse> = { requests: 0, tokens: 0 };

/** Requests and tokens of the current minute: those of this gateway, and what others have told of theirs. */
export class MinuteUsage {
  private minute = 0;
  private own: DeploymentUse = { ...NO_USE };
  private untold: DeploymentUse = { ...NO_USE };
  private elsewhere: Readonly<DeploymentUse> = NO_USE;

  add(nowMs: number, requests: number, tokens: number): void {
    this.advance(nowMs);
    for (const usage of [this.own, this.untold]) {
      usage.requests += requests;
      usage.tokens += tokens;
    }
  }

  setElsewhere(nowMs: number, usage: DeploymentUse): void {
    this.advance(nowMs);
    this.elsewhere = usage;
  }

  of(nowMs: number): DeploymentUse {
    this.advance(nowMs);
    const { own, elsewhere } = this;
    return { requests: own.requests + elsewhere.requests, tokens: own.tokens + elsewhere.tokens };
  }

  /** Own use of this minute, and what of it and of the end of the minute before was not told yet: now it counts as told. */
  tell(nowMs: number): { own: DeploymentUse; untold: DeploymentUse } {
    this.advance(nowMs);
    const { untold } = this;
    this.untold = { ...NO_USE };
    return { own: { ...this.own }, untold };
  }

  private advance(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute === this.minute) return;
    this.untold = minute === this.minute + 1 ? leastOf(this.untold, this.own) : { ...NO_USE };
    this.minute = minute;
    this.own = { ...NO_USE };
    this.elsewhere = NO_USE;
  }
}

/** Of use that nobody asked for, no more than a minute is kept. */
const leastOf = (one: DeploymentUse, other: DeploymentUse): DeploymentUse => ({
  requests: Math.min(one.requests, other.requests),
  tokens: Math.min(one.tokens, other.tokens),
});
