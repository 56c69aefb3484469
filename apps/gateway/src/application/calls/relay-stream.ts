import { AppError, formatUsd } from '@ao/kernel';
import { outputTokensOf } from '@ao/pricing';
import type { AnswerStream, StreamPiece } from '@ao/wire';
import type { Responder } from './call.js';
import type { CallRecord } from './call-record.js';
import { ChargedFailure } from './charged-failure.js';
import type { StreamAllowance } from './stream-allowance.js';
import type { StreamedText } from './streamed-text.js';

interface StreamOptions {
  /** Between the provider's protocol and the caller's. */
  stream: AnswerStream;
  /** The last chunk is to say what the call cost, usage asked for or not. */
  includeCost: boolean;
  /** Collects what the caller has received. */
  text: StreamedText;
  /** How far the answer may go; null where all of it is reserved. */
  allowance: StreamAllowance | null;
  /** Called before the first bytes go out: sends status and headers. Until then a failure can still be an HTTP error. */
  start: () => void;
  /** The trailers of a whole answer. */
  trailers: () => Record<string, string>;
  /**
   * Finds who goes on with an answer that broke off after it had begun (BX-006); null: nobody. Absent: it is not looked for.
   * @param sent What the caller has, as it went out; null when it was too much to keep.
   */
  recover?: (error: unknown, sent: Buffer | null) => Promise<StreamSource | null>;
}

/** A stream, and how far it may go. */
export interface StreamSource {
  body: AsyncIterable<Buffer>;
  stream: AnswerStream;
  text: StreamedText;
  allowance: StreamAllowance | null;
}

/** An answer of more bytes is not kept for its continuation. */
const SENT_BYTES_MAX = 1_048_576;

/**
 * Passes a provider's stream on as it comes, knowing of each piece only usage, the length of its text and the end.
 * @returns why the stream broke off after it had begun; null for a whole one.
 * @throws whatever went wrong before the first bytes went out; later failures are told in the stream (GW-004).
 */
export async function relayStream(
  body: AsyncIterable<Buffer>,
  out: Responder,
  record: CallRecord,
  options: StreamOptions,
): Promise<AppError | null> {
  const relay = new StreamRelay(out, record, options);
  for (let source = body; ;) {
    try {
      await relay.run(source);
      return null;
    } catch (error) {
      const next = await relay.recover(error);
      if (!next) return relay.fail(error);
      source = next.body;
    }
  }
}

/**
 * Frames that a provider sends before the first word: a role, a head, a sign of life. Kept back until there is one, since as
 * long as nothing is out another deployment may still answer; more of them are an answer of another kind, and pass.
 */
const HELD_FRAMES_MAX = 8;

class StreamRelay {
  private started = false;
  /** What waits for the first word. */
  private held: Buffer[] = [];
  private ended = false;
  /** What went out, where it may have to be continued; null: too much to keep. */
  private sent: Buffer[] | null;
  private sentBytes = 0;
  private source: Pick<StreamSource, 'stream' | 'text' | 'allowance'>;
  /** Told once the pieces before it have gone out. */
  private failure: AppError | null = null;

  constructor(
    private readonly out: Responder,
    private readonly record: CallRecord,
    private readonly options: StreamOptions,
  ) {
    this.source = options;
    this.sent = options.recover ? [] : null;
  }

  /** Passes on all of a body. @throws whatever ends it early. */
  async run(body: AsyncIterable<Buffer>): Promise<void> {
    const { stream } = this.source;
    for await (const chunk of body) {
      const waiting = this.pass(stream.push(chunk));
      if (waiting) await waiting;
    }
    await this.pass(stream.end());
    this.finish();
  }

  /** Who goes on, if anybody may. */
  async recover(error: unknown): Promise<StreamSource | null> {
    if (!this.started || !this.options.recover) return null;
    const next = await this.options.recover(error, this.sent && Buffer.concat(this.sent));
    if (next) {
      this.source = next;
      this.failure = null;
    }
    return next;
  }

  /** Forwards the pieces of one chunk in one write, or in several where some have to wait for money. */
  private pass(pieces: StreamPiece[]): Promise<void> | void {
    const { text, allowance } = this.source;
    const forward: Buffer[] = [];
    for (let index = 0; index < pieces.length; index += 1) {
      const piece = pieces[index]!;
      this.note(piece);
      if (this.failure) break;
      if (piece.bytes.length === 0 || piece.kind === 'withheld') continue;
      if (allowance?.covers(text, piece) === false) {
        return this.passWhenPaid(allowance, forward, piece, pieces.slice(index + 1));
      }
      if (piece.kind === 'chunk') text.add(piece);
      if (!this.started && this.holds(piece)) continue;
      forward.push(piece.bytes);
    }
    const sent = this.send(forward);
    if (this.failure) throw this.failure;
    return sent;
  }

  private async passWhenPaid(
    allowance: StreamAllowance,
    ready: Buffer[],
    piece: StreamPiece,
    rest: StreamPiece[],
  ): Promise<void> {
    const { text } = this.source;
    await this.send(ready);
    await allowance.extend(text, piece);
    text.add(piece);
    if (!this.started) this.begin();
    await this.send([piece.bytes]);
    await this.pass(rest);
  }

  /** Whether the answer has not begun with this piece either. */
  private holds(piece: StreamPiece): boolean {
    const hasBegun = piece.textBytes > 0 || piece.finishReason !== null || this.held.length >= HELD_FRAMES_MAX;
    if (!hasBegun) this.held.push(piece.bytes);
    else this.begin();
    return !hasBegun;
  }

  private begin(): void {
    this.started = true;
    this.options.start();
  }

  private send(frames: Buffer[]): Promise<void> | void {
    const due = this.started && this.held.length > 0 ? this.held.splice(0).concat(frames) : frames;
    if (due.length === 0) return;
    const bytes = due.length === 1 ? due[0]! : Buffer.concat(due);
    if (this.sent) this.keep(bytes);
    return this.out.write(bytes);
  }

  private keep(bytes: Buffer): void {
    this.sentBytes += bytes.length;
    if (this.sentBytes > SENT_BYTES_MAX) this.sent = null;
    else this.sent!.push(bytes);
  }

  /** The provider's end is complete when it said so, or at least why it stopped. */
  private finish(): void {
    const isWhole = this.ended || this.record.finishReason !== null;
    if (!isWhole || (!this.started && this.record.finishReason === null)) {
      throw new AppError('stream_error', 'The provider ended the stream before the answer was complete.');
    }
    // An answer without a word has its frame all the same.
    if (!this.started) this.begin();
    const trailers = this.options.trailers();
    const costUsd = this.options.includeCost ? formatUsd(this.record.cost) : null;
    const end = this.source.stream.close(this.record.totalUsage, costUsd);
    this.out.end(this.held.length > 0 ? Buffer.concat([...this.held, end]) : end, trailers);
  }

  /** Nothing may follow that a client could take for a whole answer. */
  fail(error: unknown): AppError {
    this.record.partial = true;
    if (!this.started) throw error;
    const cut =
      error instanceof AppError ? error : new AppError('stream_error', 'The stream broke off.', { cause: error });
    const { error: told } = cut.toBody();
    // What we ourselves ended is told by its own code; whatever befell the provider is one thing to the caller.
    const body = {
      error: cut instanceof ChargedFailure ? told : { ...told, type: 'server_error', code: 'stream_error' },
    };
    this.out.end(this.source.stream.fail(body));
    return cut;
  }

  /** Takes down what a piece says of the call. */
  private note(piece: StreamPiece): void {
    const { record, source } = this;
    if (piece.finishReason !== null) record.finishReason = piece.finishReason;
    if (piece.serviceTier !== null || piece.usage !== null) record.serviceTier = piece.serviceTier;
    if (piece.usage !== null && piece.kind !== 'error') {
      record.usage = piece.usage;
      record.usageSource = 'provider';
      source.text.report(outputTokensOf(piece.usage));
    }
    if (piece.kind === 'done') this.ended = true;
    if (piece.kind === 'error') this.failure = new AppError('stream_error', piece.error ?? 'The provider failed.');
    if (piece.kind === 'malformed') {
      this.failure = new ChargedFailure('stream_error', 'The provider sent a stream event that cannot be read.');
    }
  }
}
