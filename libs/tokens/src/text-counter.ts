import type { Encoder } from './encoder.js';
import { atCodePointStart, isHighSurrogate, lastCharacter, lastSafeCut } from './safe-cut.js';

/** Counts a text that arrives in chunks: after any chunk, `total()` is the count of the text so far. */
export interface TextCounter {
  append(chunk: string): void;
  /** Recounts what is still unfinished: a word or two of text, but all of an unbroken run. */
  total(): number;
  /** Never below `total()`, and free: for checks after every chunk. */
  totalBound(): number;
}

// Half a pair is written as U+FFFD.
const HALF_PAIR_BYTES = 3;

/**
 * Exact counting of a growing text. Tokens may merge across chunk borders, so only text before a safe cut is counted for
 * good; the rest (a word or two) is kept and counted again with what follows.
 */
export class EncoderTextCounter implements TextCounter {
  readonly #encoder: Encoder;
  #settledTokens = 0;
  // A list, not a string: gluing each chunk to a long unbroken run would copy the run every time.
  #pending: string[] = [];
  #pendingChars = 0;
  #pendingBytes = 0;
  #lastCharacter = '';
  // Half of a surrogate pair whose other half is in the next chunk.
  #halfPair = '';
  #total: number | undefined = 0;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  append(chunk: string): void {
    if (chunk === '') return;
    this.#total = undefined;
    let text = this.#halfPair + chunk;
    this.#halfPair = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : '';
    if (this.#halfPair) text = text.slice(0, -1);
    if (text === '') return;

    const cut = lastSafeCut(this.#lastCharacter, text);
    this.#lastCharacter = lastCharacter(text);
    if (cut >= 0) {
      this.#settledTokens += this.#encoder.count(this.#takePending() + text.slice(0, cut));
      text = text.slice(cut);
    }
    this.#keepPending(text);
    if (this.#pendingChars > this.#encoder.unbrokenCharsMax) this.#settleUnbroken();
  }

  total(): number {
    this.#total ??= this.#settledTokens + this.#encoder.count(this.#pending.join('') + this.#halfPair);
    return this.#total;
  }

  totalBound(): number {
    return this.#settledTokens + this.#pendingBytes + (this.#halfPair ? HALF_PAIR_BYTES : 0);
  }

  // The same forced cuts that the encoder makes in one long text: both start at the last safe cut.
  #settleUnbroken(): void {
    let run = this.#takePending();
    while (run.length > this.#encoder.unbrokenCharsMax) {
      const cut = atCodePointStart(run, this.#encoder.unbrokenCharsMax);
      this.#settledTokens += this.#encoder.count(run.slice(0, cut));
      run = run.slice(cut);
    }
    this.#keepPending(run);
  }

  #keepPending(text: string): void {
    this.#pending.push(text);
    this.#pendingChars += text.length;
    this.#pendingBytes += Buffer.byteLength(text, 'utf8');
  }

  #takePending(): string {
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingChars = 0;
    this.#pendingBytes = 0;
    return text;
  }
}
