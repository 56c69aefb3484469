import { AppError } from '@ao/kernel';

/** Of a call that names none: behind those that do. LiteLLM's own default. */
const PRIORITY_DEFAULT = 255;

/** Capacity also comes free at other replicas, which nobody tells here: so often the first in a line looks at least. */
const LOOK_AGAIN_MS_MAX = 250;
const LOOK_AGAIN_MS_MIN = 5;

export interface CapacityQueueOptions {
  sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>;
  /** Calls that wait at once, in all lines. */
  lengthMax: number;
  waitMsMax: number;
}

/** What a try for capacity found; what was taken for a caller that has left meanwhile is given back. */
export type CapacityAnswer<Share extends Taken> = Share | { kind: 'refused'; retryAfterMs: number };
interface Taken {
  kind: 'admitted';
  finish(tokensUsed: number): void;
}

export interface CapacityWish {
  /** Lower goes first; null: the default. */
  priority: number | null;
  /** Leaves the line at once. */
  signal: AbortSignal;
}

interface Waiter {
  priority: number;
  attempt: () => Promise<CapacityAnswer<Taken>> | CapacityAnswer<Taken>;
  /** Ends its wait, one way or the other. */
  settle: (outcome: { share: Taken } | { error: unknown }) => void;
}

interface Line {
  waiting: Waiter[];
  isServed: boolean;
  /** Ends the pause between two looks. */
  pause: AbortController;
  retryAfterMs: number;
}

/**
 * Where calls wait that find every deployment at its limits (RT-015): a line for each name, in which lower numbers go first
 * and equal ones in the order they came. Only the first of a line looks for capacity. Each replica has lines of its own.
 */
export class CapacityQueue {
  private readonly lines = new Map<string, Line>();
  private length = 0;

  constructor(private readonly options: CapacityQueueOptions) {}

  /** Calls that wait. */
  get waiting(): number {
    return this.length;
  }

  /**
   * Tries for capacity, and waits in line while there is none.
   * @param name Of the line: all who wait in it want the same capacity.
   * @param attempt Takes it, or says when to try again. Asked again each time it may succeed; what it throws ends the wait.
   * @throws AppError `capacity_exceeded` when too many wait or this one waited too long; what the signal was aborted with.
   */
  async take<Share extends Taken>(
    name: string,
    attempt: () => Promise<CapacityAnswer<Share>> | CapacityAnswer<Share>,
    { priority, signal }: CapacityWish,
  ): Promise<Share> {
    signal.throwIfAborted();
    let retryAfterMs = 0;
    if (!this.lines.has(name)) {
      const answer = await attempt();
      if (answer.kind === 'admitted') return answer;
      signal.throwIfAborted();
      ({ retryAfterMs } = answer);
    }
    const line = this.lines.get(name) ?? newLine(retryAfterMs);
    if (this.length >= this.options.lengthMax) throw exceeded(line, 'too many calls wait for them already');
    this.lines.set(name, line);
    return (await this.wait(name, line, { priority: priority ?? PRIORITY_DEFAULT, attempt, signal })) as Share;
  }

  /** Says that capacity may have come free: the first in line looks at once. */
  wake(name: string): void {
    this.lines.get(name)?.pause.abort();
  }

  private wait(
    name: string,
    line: Line,
    { priority, attempt, signal }: Pick<Waiter, 'priority' | 'attempt'> & { signal: AbortSignal },
  ): Promise<Taken> {
    return new Promise<Taken>((resolve, reject) => {
      const over = new AbortController();
      const waiter: Waiter = {
        priority,
        attempt,
        settle: (outcome) => {
          if (over.signal.aborted) return;
          over.abort();
          signal.removeEventListener('abort', leave);
          this.remove(line, waiter);
          if ('share' in outcome) resolve(outcome.share);
          else reject(outcome.error);
        },
      };
      const leave = (): void => waiter.settle({ error: signal.reason });
      signal.addEventListener('abort', leave, { once: true });
      this.insert(line, waiter);
      void this.options
        .sleep(this.options.waitMsMax, over.signal)
        .then(() => waiter.settle({ error: exceeded(line, 'none had room in time') }));
      if (!line.isServed) void this.serve(name, line);
    });
  }

  private insert(line: Line, waiter: Waiter): void {
    const behind = line.waiting.findIndex(({ priority }) => priority > waiter.priority);
    line.waiting.splice(behind < 0 ? line.waiting.length : behind, 0, waiter);
    this.length += 1;
    if (line.waiting[0] === waiter) line.pause.abort();
  }

  private remove(line: Line, waiter: Waiter): void {
    const [first] = line.waiting;
    line.waiting = line.waiting.filter((other) => other !== waiter);
    this.length -= 1;
    if (first === waiter) line.pause.abort();
  }

  /** Asks for the first in line until the line is empty. */
  private async serve(name: string, line: Line): Promise<void> {
    line.isServed = true;
    for (let first = line.waiting[0]; first; first = line.waiting[0]) {
      line.pause = new AbortController();
      try {
        const answer = await first.attempt();
        if (answer.kind === 'refused') await this.pauseFor(line, answer.retryAfterMs);
        else if (line.waiting.includes(first)) first.settle({ share: answer });
        else answer.finish(0);
      } catch (error) {
        first.settle({ error });
      }
    }
    this.lines.delete(name);
  }

  private async pauseFor(line: Line, retryAfterMs: number): Promise<void> {
    line.retryAfterMs = retryAfterMs;
    const pauseMs = Math.min(LOOK_AGAIN_MS_MAX, Math.max(LOOK_AGAIN_MS_MIN, retryAfterMs));
    await this.options.sleep(pauseMs, line.pause.signal);
  }
}

const newLine = (retryAfterMs: number): Line => ({
  waiting: [],
  isServed: false,
  pause: new AbortController(),
  retryAfterMs,
});

function exceeded({ retryAfterMs }: Line, why: string): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new AppError(
    'capacity_exceeded',
    `Every deployment of this model is at its limits, and ${why}. Try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
}
