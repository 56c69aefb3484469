import { AppError } from '@ao/kernel';
import type { Behaviour } from './behaviour.js';
import { toBehaviour } from './parse-directives.js';

/** One or more answers set in advance. */
export interface ScriptedAnswer {
  readonly behaviour: string | Partial<Behaviour>;
  /** How many answers it holds for; default 1. */
  readonly times?: number;
  /** Only answers of this model (its name without directives). */
  readonly model?: string;
  /** Only requests to this path, such as `/v1/embeddings`. */
  readonly path?: string;
}

interface Entry {
  readonly behaviour: Partial<Behaviour>;
  readonly model: string | undefined;
  readonly path: string | undefined;
  timesLeft: number;
}

const ENTRIES_MAX = 10_000;
const TIMES_MAX = 1_000_000;

function toEntry(answer: string | ScriptedAnswer): Entry {
  const { behaviour, times = 1, model, path } = typeof answer === 'string' ? { behaviour: answer } : answer;
  if (!Number.isInteger(times) || times < 1 || times > TIMES_MAX) {
    throw new AppError('invalid_parameter', `'times' must be a whole number from 1 to ${TIMES_MAX}.`, {
      param: 'times',
    });
  }
  return { behaviour: toBehaviour(behaviour), model, path, timesLeft: times };
}

/** The answers set in advance, in order: each request takes the first one that fits it. */
export class Script {
  private entries: Entry[] = [];

  /** Answers still to come. */
  get pending(): number {
    return this.entries.reduce((sum, entry) => sum + entry.timesLeft, 0);
  }

  /** Appends all or none. Throws `invalid_parameter` on a bad directive, a bad `times`, or more than 10,000 entries. */
  add(answers: readonly (string | ScriptedAnswer)[]): void {
    const entries = answers.map(toEntry);
    if (this.entries.length + entries.length > ENTRIES_MAX) {
      throw new AppError(
        'invalid_parameter',
        `Script at most ${ENTRIES_MAX} entries; use 'times' for repeated answers.`,
      );
    }
    this.entries.push(...entries);
  }

  /** The behaviour set for this request, if any; uses it up. */
  take(model: string, path: string): Partial<Behaviour> | undefined {
    if (this.entries.length === 0) return undefined;
    const index = this.entries.findIndex((entry) => (entry.model ?? model) === model && (entry.path ?? path) === path);
    const entry = this.entries[index];
    if (entry === undefined) return undefined;
    entry.timesLeft -= 1;
    if (entry.timesLeft === 0) this.entries.splice(index, 1);
    return entry.behaviour;
  }

  clear(): void {
    this.entries = [];
  }
}
