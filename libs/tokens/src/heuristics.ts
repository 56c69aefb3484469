import type { TextCounter } from './text-counter.js';

/** Hundredths of a token per UTF-16 unit. Whole numbers, so that the sum is the same for any division into chunks. */
export interface CharacterWeights {
  ascii: number;
  /** Chinese, Japanese, Korean: about one token per character in every vocabulary we know. */
  ideograph: number;
  /** Accented Latin, Cyrillic, Arabic, emoji halves and the rest. */
  other: number;
}

const HUNDREDTHS_PER_TOKEN = 100;
const CODE_ASCII_MAX = 0x7f;
// CJK radicals to Yi, Hangul syllables, compatibility ideographs, full-width forms.
const IDEOGRAPH_RANGES = [
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xff00, 0xffef],
] as const;

/** Estimates tokens from the characters alone: no vocabulary, the same figure for any chunks. */
export class HeuristicTextCounter implements TextCounter {
  readonly #weights: CharacterWeights;
  #hundredths = 0;

  constructor(weights: CharacterWeights) {
    this.#weights = weights;
  }

  append(chunk: string): void {
    for (let place = 0; place < chunk.length; place++) this.#hundredths += this.#weightOf(chunk.charCodeAt(place));
  }

  total(): number {
    return Math.ceil(this.#hundredths / HUNDREDTHS_PER_TOKEN);
  }

  totalBound(): number {
    return this.total();
  }

  #weightOf(code: number): number {
    if (code <= CODE_ASCII_MAX) return this.#weights.ascii;
    const isIdeograph = IDEOGRAPH_RANGES.some(([first, last]) => code >= first && code <= last);
    return isIdeograph ? this.#weights.ideograph : this.#weights.other;
  }
}
