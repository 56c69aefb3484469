import { AppError } from '@ao/kernel';
import { serviceTierFromOpenAi, usageFromOpenAi } from '@ao/pricing';
import { SseScanner, openai } from '@ao/wire';
import type { Responder } from './call.js';
import type { CallRecord } from './call-record.js';

const DONE = Buffer.from('data: [DONE]\n\n');

interface StreamOptions {
  /** The caller asked for the usage chunk itself; else it is withheld. */
  includeUsage: boolean;
  /** Called before the first bytes go out: sends status and headers. Until then a failure can still be an HTTP error. */
  start: () => void;
  /** The trailers of a whole answer, from the chunks still to be counted. */
  trailers: (frames: Buffer[]) => Record<string, string>;
}

/** What the caller has received when the relay ends. */
export interface RelayedStream {
  /** The chunks of the answer, kept only until the provider's usage makes counting needless. */
  frames: Buffer[];
  /** Why the stream broke off after it had begun; null for a whole one. */
  failure: AppError | null;
}

/**
 * Passes a provider's SSE stream on as it comes, looking into each frame only for usage and the end. `[DONE]` is ours
 * alone to write: exactly once.
 * @throws whatever went wrong before the first bytes went out; later failures are told in the stream (GW-004).
 */
export async function relayStream(
  body: AsyncIterable<Buffer>,
  out: Responder,
  record: CallRecord,
  options: StreamOptions,
): Promise<RelayedStream> {
  const scanner = new SseScanner();
  const relay = new StreamRelay(out, record, options);
  try {
    for await (const chunk of body) {
      const waiting = relay.pass(scanner.push(chunk));
      if (waiting) await waiting;
    }
    const rest = scanner.end();
    if (rest) await relay.pass([rest]);
    relay.finish();
  } catch (error) {
    relay.fail(error);
  }
  return relay;
}

class StreamRelay implements RelayedStream {
  frames: Buffer[] = [];
  failure: AppError | null = null;
  private readonly reader = new openai.StreamReader();
  private started = false;
  private ended = false;

  constructor(
    private readonly out: Responder,
    private readonly record: CallRecord,
    private readonly options: StreamOptions,
  ) {}

  /** Forwards the frames of one chunk in one write. */
  pass(frames: Buffer[]): Promise<void> | void {
    const forward = frames.filter((frame) => this.accept(frame));
    if (forward.length === 0) return;
    if (!this.started) {
      this.started = true;
      this.options.start();
    }
    return this.out.write(forward.length === 1 ? forward[0]! : Buffer.concat(forward));
  }

  /** The provider's end is complete when it said so, or at least why it stopped. */
  finish(): void {
    if (!this.started || (!this.ended && this.record.finishReason === null)) {
      throw new AppError('stream_error', 'The provider ended the stream before the answer was complete.');
    }
    this.out.end(DONE, this.options.trailers(this.frames));
  }

  /** Nothing may follow that a client could take for a whole answer. */
  fail(error: unknown): void {
    this.record.partial = true;
    if (!this.started) throw error;
    const cut =
      error instanceof AppError ? error : new AppError('stream_error', 'The stream broke off.', { cause: error });
    this.failure = cut;
    const body = { error: { ...cut.toBody().error, type: 'server_error', code: 'stream_error' } };
    this.out.end(Buffer.concat([Buffer.from(`data: ${JSON.stringify(body)}\n\n`), DONE]));
  }

  /** Notes what a frame says; true when the caller is to have it. */
  private accept(frame: Buffer): boolean {
    if (this.ended) return false;
    const { kind, usage, serviceTier, finishReason, error } = this.reader.read(frame);
    if (finishReason !== null) this.record.finishReason = finishReason;
    if (serviceTier !== null || usage !== null) this.record.serviceTier = serviceTierFromOpenAi(serviceTier, usage);
    if (usage !== null) this.takeUsage(usage);
    switch (kind) {
      case 'done':
        this.ended = true;
        return false;
      case 'usage':
        return this.options.includeUsage;
      case 'error':
        throw new AppError('stream_error', errorText(error));
      case 'malformed':
        throw new AppError('stream_error', 'The provider sent a stream event that cannot be read.');
      case 'chunk':
        if (this.record.usageSource !== 'provider') this.frames.push(frame);
        return true;
      default:
        return true;
    }
  }

  private takeUsage(json: unknown): void {
    const usage = usageFromOpenAi(json);
    if (!usage) return;
    this.record.usage = usage;
    this.record.usageSource = 'provider';
    this.frames = [];
  }
}

function errorText(error: unknown): string {
  const message = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error;
  return typeof message === 'string' ? message.slice(0, 500) : 'The provider reported an error in the stream.';
}
