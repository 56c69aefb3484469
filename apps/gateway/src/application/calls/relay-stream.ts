import { AppError, formatUsd } from '@ao/kernel';
import { inputTokensOf, outputTokensOf, serviceTierFromOpenAi, usageFromOpenAi } from '@ao/pricing';
import { SseScanner, openai } from '@ao/wire';
import type { Responder } from './call.js';
import type { CallRecord } from './call-record.js';
import { ChargedFailure } from './charged-failure.js';
import type { StreamAllowance } from './stream-allowance.js';
import type { StreamedText } from './streamed-text.js';

const WITHHELD = { kind: 'withheld', textBytes: 0 } as const;
const OTHER = { kind: 'other', textBytes: 0 } as const;
const DONE = Buffer.from('data: [DONE]\n\n');

interface StreamOptions {
  /** The caller asked for the usage chunk itself; else it is withheld. */
  includeUsage: boolean;
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
}

/**
 * Passes a provider's SSE stream on as it comes, looking into each frame only for usage, the length of its text and the
 * end. `[DONE]` is ours alone to write: exactly once.
 * @returns why the stream broke off after it had begun; null for a whole one.
 * @throws whatever went wrong before the first bytes went out; later failures are told in the stream (GW-004).
 */
export async function relayStream(
  body: AsyncIterable<Buffer>,
  out: Responder,
  record: CallRecord,
  options: StreamOptions,
): Promise<AppError | null> {
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
    return null;
  } catch (error) {
    return relay.fail(error);
  }
}

class StreamRelay {
  private readonly reader = new openai.StreamReader();
  private started = false;
  private ended = false;
  /** Kept back until the cost is known. */
  private usageFrame: Buffer | null = null;
  /** Told once the frames before it have gone out. */
  private failure: AppError | null = null;

  constructor(
    private readonly out: Responder,
    private readonly record: CallRecord,
    private readonly options: StreamOptions,
  ) {}

  /** Forwards the frames of one chunk in one write, or in several where some have to wait for money. */
  pass(frames: Buffer[]): Promise<void> | void {
    const { text, allowance } = this.options;
    const forward: Buffer[] = [];
    for (let index = 0; index < frames.length; index += 1) {
      const frame = frames[index]!;
      const { kind, textBytes } = this.accept(frame);
      if (this.failure) break;
      if (kind === 'withheld') continue;
      if (allowance?.covers(text, frame, textBytes) === false) {
        return this.passWhenPaid(allowance, forward, frame, textBytes, frames.slice(index + 1));
      }
      if (kind === 'chunk') text.add(frame, textBytes);
      forward.push(frame);
    }
    const sent = this.send(forward);
    if (this.failure) throw this.failure;
    return sent;
  }

  private async passWhenPaid(
    allowance: StreamAllowance,
    ready: Buffer[],
    frame: Buffer,
    textBytes: number,
    rest: Buffer[],
  ): Promise<void> {
    const { text } = this.options;
    await this.send(ready);
    await allowance.extend(text, frame);
    text.add(frame, textBytes);
    await this.send([frame]);
    await this.pass(rest);
  }

  private send(frames: Buffer[]): Promise<void> | void {
    if (frames.length === 0) return;
    if (!this.started) {
      this.started = true;
      this.options.start();
    }
    return this.out.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
  }

  /** The provider's end is complete when it said so, or at least why it stopped. */
  finish(): void {
    if (!this.started || (!this.ended && this.record.finishReason === null)) {
      throw new AppError('stream_error', 'The provider ended the stream before the answer was complete.');
    }
    const trailers = this.options.trailers();
    this.out.end(this.options.includeCost ? Buffer.concat([this.costFrame(), DONE]) : DONE, trailers);
  }

  /** The provider's usage, or what was counted in its place, with the cost. */
  private costFrame(): Buffer {
    const { usage, cost } = this.record;
    if (this.usageFrame) return openai.addCostToFrame(this.usageFrame, formatUsd(cost));
    return openai.usageFrame(inputTokensOf(usage), outputTokensOf(usage), formatUsd(cost));
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
    this.out.end(Buffer.concat([Buffer.from(`data: ${JSON.stringify(body)}\n\n`), DONE]));
    return cut;
  }

  /** Notes what a frame says, and whether the caller is to have it. */
  private accept(frame: Buffer): { kind: 'chunk' | 'other' | 'withheld'; textBytes: number } {
    if (this.ended) return WITHHELD;
    const { kind, usage, serviceTier, finishReason, error, textBytes } = this.reader.read(frame);
    if (finishReason !== null) this.record.finishReason = finishReason;
    if (serviceTier !== null || usage !== null) this.record.serviceTier = serviceTierFromOpenAi(serviceTier, usage);
    if (usage !== null) this.takeUsage(usage);
    switch (kind) {
      case 'chunk':
        return { kind, textBytes };
      case 'empty':
        return OTHER;
      case 'usage':
        if (this.options.includeCost) this.usageFrame = frame;
        return this.options.includeUsage && !this.options.includeCost ? OTHER : WITHHELD;
      case 'done':
        this.ended = true;
        return WITHHELD;
      case 'error':
        this.failure = new AppError('stream_error', errorText(error));
        return WITHHELD;
      case 'malformed':
        this.failure = new ChargedFailure('stream_error', 'The provider sent a stream event that cannot be read.');
        return WITHHELD;
    }
  }

  private takeUsage(json: unknown): void {
    const usage = usageFromOpenAi(json);
    if (!usage) return;
    this.record.usage = usage;
    this.record.usageSource = 'provider';
    this.options.text.report(outputTokensOf(usage));
  }
}

function errorText(error: unknown): string {
  const message = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error;
  return typeof message === 'string' ? message.slice(0, 500) : 'The provider reported an error in the stream.';
}
