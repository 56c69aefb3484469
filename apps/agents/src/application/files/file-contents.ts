import type { FileStore } from './ports.js';

/** Seals and opens what must not lie readable in the database. */
export interface SecretSeal {
  seal(text: string, context: string): string;
  /** @throws AppError when it was sealed under another master key or for another place. */
  open(sealed: string, context: string): string;
}

/** Chunks of files as they lie in the database: sealed, each for its place. */
export class FileContents {
  constructor(
    private readonly files: FileStore,
    private readonly seal: SecretSeal,
  ) {}

  /** One character for each byte, for what is sealed is text: mostly ASCII, it hardly grows. */
  sealChunk(fileId: string, position: number, content: Buffer): string {
    return this.seal.seal(content.toString('latin1'), placeOf(fileId, position));
  }

  /** Null past the end of the file. */
  async read(fileId: string, position: number): Promise<Buffer | null> {
    const sealed = await this.files.readChunk(fileId, position);
    return sealed === null ? null : Buffer.from(this.seal.open(sealed, placeOf(fileId, position)), 'latin1');
  }

  /** The chunks of a file, in order. */
  async *chunks(fileId: string): AsyncGenerator<Buffer> {
    for (let position = 0; ; position += 1) {
      const chunk = await this.read(fileId, position);
      if (chunk === null) return;
      yield chunk;
    }
  }
}

const placeOf = (fileId: string, position: number): string => `${fileId}:${position}`;
