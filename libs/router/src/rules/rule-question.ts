import type { RouteQuestion } from '../question.js';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday. */
const FIRST_DAY = 4;

/** A question as rules see it: what costs something to find is found once, and only if a rule asks. */
export class RuleQuestion {
  private tokens: number | undefined;
  private costUsd: number | null | undefined;

  /** @param models The model group, and the name that the caller wrote where that is another. */
  constructor(
    readonly call: RouteQuestion,
    readonly models: readonly string[],
  ) {}

  estimatedTokens(): number {
    return (this.tokens ??= this.call.promptTokensBound());
  }

  estimatedCostUsd(): number | null {
    if (this.costUsd === undefined) this.costUsd = this.call.estimatedCostUsd();
    return this.costUsd;
  }

  /** `HH:MM`, UTC. */
  time(): string {
    const minutes = Math.floor((this.call.nowMs % DAY_MS) / MINUTE_MS);
    return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
  }

  /** UTC. */
  weekday(): string {
    return DAYS[(Math.floor(this.call.nowMs / DAY_MS) + FIRST_DAY) % DAYS.length]!;
  }
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
