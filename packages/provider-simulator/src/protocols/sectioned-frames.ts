/** A part of a stream that begins and ends with frames of its own, such as a block of text or a tool call. */
export interface Section {
  readonly tokens: readonly string[];
  open(): string;
  delta(token: string): string;
  close(): string;
}

/**
 * The frames of sections one after the other, each frame made when it is asked for, in order: what ends a section comes with
 * the first token of the next.
 */
export class SectionedFrames {
  readonly tokenCount: number;
  private section = 0;
  private position = 0;
  private opened = false;

  constructor(private readonly sections: readonly Section[]) {
    this.tokenCount = sections.reduce((sum, section) => sum + section.tokens.length, 0);
  }

  /** The next token with everything that must come before it. */
  next(): string {
    let frames = '';
    for (;;) {
      const section = this.sections[this.section];
      if (section === undefined) return frames;
      frames += this.openOnce(section);
      if (this.position < section.tokens.length) {
        this.position += 1;
        return frames + section.delta(section.tokens[this.position - 1]!);
      }
      frames += this.leave(section);
    }
  }

  /** What is left to open and close after the last token. */
  rest(): string {
    let frames = '';
    for (let section = this.sections[this.section]; section !== undefined; section = this.sections[this.section]) {
      frames += this.openOnce(section) + this.leave(section);
    }
    return frames;
  }

  private openOnce(section: Section): string {
    if (this.opened) return '';
    this.opened = true;
    return section.open();
  }

  private leave(section: Section): string {
    this.section += 1;
    this.position = 0;
    this.opened = false;
    return section.close();
  }
}
