import { countMerged, type RankLookup } from './merge-count.js';
import { atCodePointStart, lastSafeCut } from './safe-cut.js';

/**
 * The longest stretch without a safe cut that is counted as one. The expression engine keeps one backtracking entry per
 * character and gives up near eight million; text has a cut every few characters, so only noise reaches this limit, and
 * the forced cut is then at most a few tokens off in a million characters.
 */
const UNBROKEN_CHARS_MAX = 1 << 20;

const ASCII = /^\p{ASCII}*$/u;

/** Counts the tokens of texts in one vocabulary. Special tokens do not exist here: `<|endoftext|>` is text like any other. */
export class Encoder {
  readonly #ranks: RankLookup;
  readonly #pieces: RegExp;
  readonly unbrokenCharsMax: number;

  /** @param pattern the vocabulary's own expression for splitting text into pieces, Unicode syntax. */
  constructor(ranks: RankLookup, pattern: string, unbrokenCharsMax = UNBROKEN_CHARS_MAX) {
    this.#ranks = ranks;
    this.#pieces = new RegExp(pattern, 'ug');
    this.unbrokenCharsMax = unbrokenCharsMax;
  }

  /** Tokens of a text of any length and content; never throws. */
  count(text: string): number {
    let tokens = 0;
    let rest = text;
    while (rest.length > this.unbrokenCharsMax) {
      const cut = this.#cutWithin(rest);
      tokens += this.#countStretch(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    return tokens + this.#countStretch(rest);
  }

  // The last safe place within the limit, else the limit itself.
  #cutWithin(text: string): number {
    const safe = lastSafeCut('', text, this.unbrokenCharsMax);
    return safe > 0 ? safe : atCodePointStart(text, this.unbrokenCharsMax);
  }

  #countStretch(text: string): number {
    let tokens = 0;
    for (const [piece] of text.matchAll(this.#pieces)) tokens += this.#countPiece(piece);
    return tokens;
  }

  #countPiece(piece: string): number {
    const bytes = ASCII.test(piece) ? piece : Buffer.from(piece, 'utf8').toString('latin1');
    return this.#ranks.get(bytes) === undefined ? countMerged(bytes, this.#ranks) : 1;
  }
}
