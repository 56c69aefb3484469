import { SeededRandom } from './seeded-random.js';

/** Unique within a run, the same again in the next run with the same seed. */
export class AnswerIds {
  private readonly random: SeededRandom;
  private count = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  /** 16 hex digits; the protocol puts its own prefix before them. */
  next(): string {
    this.count += 1;
    const noise = this.random.nextUint32().toString(16).padStart(8, '0');
    return noise + this.count.toString(16).padStart(8, '0');
  }
}
