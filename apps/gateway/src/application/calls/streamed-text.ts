import { StreamCounter, guessTokens, meterText } from '@ao/tokens';
import type { StreamPiece } from '@ao/wire';

/**
 * The text that a caller has received of a stream. Adding to it is nearly free and gives an upper bound of its tokens;
 * pieces are parsed and counted only when somebody has to know, each once.
 */
export class StreamedText {
  private pieces: StreamPiece[] = [];
  /** Of text in pieces that are not counted yet; a token has at least one. */
  private uncountedBytes = 0;
  private counted = 0;
  private counter: StreamCounter | null = null;
  private isReported = false;
  isEmpty = true;

  constructor(private readonly model: string) {}

  add(piece: StreamPiece): void {
    this.isEmpty = false;
    this.uncountedBytes += piece.textBytes;
    if (!this.isReported) this.pieces.push(piece);
  }

  /** Not below `count()`, but for a token or two that may join differently at the edge of what was counted. */
  get bound(): number {
    return this.counted + this.uncountedBytes;
  }

  /** About `count()`, and free. */
  get guess(): number {
    return this.counted + guessTokens(this.uncountedBytes);
  }

  /** The tokens so far. After the provider has reported figures, only a bound of what came since. */
  count(): number {
    if (this.pieces.length === 0) return this.bound;
    this.counter ??= new StreamCounter(this.model);
    for (const piece of this.pieces) this.counter.append(piece.text());
    this.pieces = [];
    this.uncountedBytes = 0;
    this.counted = this.counter.total();
    return this.counted;
  }

  /** The tokens of a piece by itself, which may follow. */
  countOf(piece: StreamPiece): number {
    return meterText(this.model, piece.text()).tokens;
  }

  /**
   * Takes the provider's own figure for all text so far: nothing needs to be kept for counting any more. One that comes before
   * any text, as in the head of a message, says nothing of it.
   */
  report(outputTokens: number): void {
    if (this.isEmpty) return;
    this.pieces = [];
    this.uncountedBytes = 0;
    this.counted = outputTokens;
    this.isReported = true;
  }
}
