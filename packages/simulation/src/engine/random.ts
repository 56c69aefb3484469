const UINT32 = 0x1_0000_0000;

/** The only source of chance in a run: the generator "mulberry32". One seed, one sequence. */
export class Random {
  private state: number;

  constructor(private readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** A generator of its own, so that drawing more for one purpose does not change another. */
  fork(purpose: string): Random {
    let hash = this.seed ^ 0x811c9dc5;
    for (let index = 0; index < purpose.length; index += 1) {
      hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x01000193);
    }
    return new Random(mixed(hash));
  }

  /** 0 or more, less than 1. */
  next(): number {
    return this.uint32() / UINT32;
  }

  uint32(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    return mixed(this.state);
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(0, from.length - 1)]!;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let index = result.length - 1; index > 0; index -= 1) {
      const other = this.int(0, index);
      [result[index], result[other]] = [result[other]!, result[index]!];
    }
    return result;
  }
}

function mixed(value: number): number {
  let t = Math.imul(value ^ (value >>> 15), value | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
