import type { Logger } from '@ao/kernel';
import type { Responder } from '../calls/call.js';
import { asList, isJson } from './input-items.js';
import type { AnsweredCall, StoreAnswer } from './store-answer.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Gives an answer once it is stored, so that a caller who has it can go on from it. Of a stream only the end waits. What
 * is not stored is told as `store: false`.
 */
export class StoringResponder implements Responder {
  private status = 0;
  private headers: Record<string, string> = {};
  private isStream = false;

  constructor(
    private readonly out: Responder,
    private readonly storeAnswer: StoreAnswer,
    private readonly call: Pick<AnsweredCall, 'principal' | 'request'>,
    private readonly logger: Logger,
  ) {}

  head(status: number, headers: Record<string, string>): void {
    this.status = status;
    this.headers = headers;
    this.isStream = headers['trailer'] !== undefined;
    // The length of a whole answer is known when it is known whether it says that it is stored.
    if (this.isStream) this.out.head(status, headers);
  }

  write(chunk: Buffer): Promise<void> | void {
    return this.out.write(chunk);
  }

  end(chunk?: Buffer, trailers?: Record<string, string>): void {
    void this.finish(chunk, trailers).catch((error: unknown) => {
      this.logger.error({ err: error }, 'an answer could not be ended');
    });
  }

  private async finish(chunk: Buffer | undefined, trailers: Record<string, string> | undefined): Promise<void> {
    const told = chunk && this.status < 300 ? await this.stored(chunk.toString('utf8')) : null;
    const bytes = told === null ? chunk : Buffer.from(told);
    if (!this.isStream) {
      const length = bytes && { 'content-length': String(bytes.length) };
      this.out.head(this.status, { ...this.headers, ...length });
    }
    this.out.end(bytes, trailers);
  }

  /** The answer as it is to be told; null: as it came. */
  private async stored(text: string): Promise<string | null> {
    const response = this.isStream ? responseOfStream(text) : responseOf(text);
    if (!response) return null;
    const providerId = this.headers['x-ao-provider'] ?? 'unknown';
    const isStored = await this.storeAnswer.execute({ ...this.call, providerId, response });
    return isStored || response['store'] !== true ? null : text.replace(STORED, '"store":false');
  }
}

/** Ours and the provider's own answers have it once at the top; in text of a model its quotes are escaped. */
const STORED = /"store":\s*true/;

function responseOf(text: string): Json | null {
  try {
    const json: unknown = JSON.parse(text);
    return isJson(json) && Array.isArray(json['output']) ? json : null;
  } catch {
    return null;
  }
}

/** The whole response at the end of a stream; null for one that failed. */
function responseOfStream(text: string): Json | null {
  const data = /^data: ?(.*"type":\s*"response\.(?:completed|incomplete)".*)$/m.exec(text)?.[1];
  const event = data === undefined ? null : parse(data);
  const response = event?.['response'];
  return isJson(response) && asList(response['output']) ? response : null;
}

function parse(data: string): Json | null {
  try {
    const json: unknown = JSON.parse(data);
    return isJson(json) ? json : null;
  } catch {
    return null;
  }
}
