const LINES_MAX = 200_000;

/** What happened, in order. Always summed up in a hash, by which two runs are compared; kept as lines when asked for. */
export class Trace {
  readonly lines: string[] = [];
  private hash = 0x811c9dc5;

  constructor(
    readonly isKept: boolean,
    private readonly startsAtMs: number,
  ) {}

  /** Equal for equal runs. */
  get digest(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }

  note(atMs: number, text: string): void {
    const time = atMs - this.startsAtMs;
    this.mix(time & 0xff);
    this.mix((time >> 8) & 0xff);
    for (let index = 0; index < text.length; index += 1) this.mix(text.charCodeAt(index));
    if (this.isKept) this.keep(time, text);
  }

  /** For the reader only: costs nothing when nobody reads. */
  explain(atMs: number, text: () => string): void {
    if (this.isKept) this.keep(atMs - this.startsAtMs, text());
  }

  private keep(timeMs: number, text: string): void {
    if (this.lines.length < LINES_MAX) this.lines.push(`${(timeMs / 1_000).toFixed(3).padStart(9)}  ${text}`);
  }

  private mix(byte: number): void {
    this.hash = Math.imul(this.hash ^ byte, 0x01000193);
  }
}
