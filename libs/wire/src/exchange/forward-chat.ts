import type { ErrorBody } from '@ao/kernel';
import { inputTokensOf, outputTokensOf, serviceTierFromOpenAi, usageFromOpenAi, type Usage } from '@ao/pricing';
import { addCost, addCostToFrame, usageFrame } from '../openai/add-cost.js';
import { readCompletion } from '../openai/decode-response.js';
import { frameText, StreamReader, type StreamFrame } from '../openai/decode-stream.js';
import { mapUpstreamError } from '../openai/errors.js';
import { objectsOf, fieldsOf, textOrNull } from '../json-object.js';
import { SseScanner } from '../sse-scanner.js';
import {
  errorText,
  plainPiece,
  type AnswerStream,
  type Exchange,
  type StreamOptions,
  type StreamPiece,
  type WholeAnswer,
} from './exchange.js';

/** OpenAI's protocol on both sides: bytes pass as they are, looked into only for what the platform must know. */
export function forwardChat(endpoint: string, body: Buffer): Exchange {
  return {
    endpoint,
    body,
    dropped: [],
    readAnswer: readChatAnswer,
    openStream: (options) => new ForwardedChatStream(options),
    mapError: mapUpstreamError,
  };
}

function readChatAnswer(body: Buffer): WholeAnswer | null {
  const completion = readCompletion(body);
  if (!completion) return null;
  return {
    body,
    contentType: 'application/json',
    finishReason: completion.finishReason,
    usage: usageFromOpenAi(completion.usage),
    serviceTier: serviceTierFromOpenAi(completion.serviceTier, completion.usage),
    text: () => answerText(body.toString('utf8')),
    withCost: (costUsd) => addCost(body, costUsd),
  };
}

/** The generated text; all of an answer that is not built as one should be. */
function answerText(json: string): string {
  try {
    const choices = objectsOf(fieldsOf(JSON.parse(json))['choices']);
    return choices.map((choice) => textOrNull(choice['text']) ?? messageText(fieldsOf(choice['message']))).join('');
  } catch {
    return json;
  }
}

function messageText({
  content,
  reasoning_content: reasoning,
  tool_calls: calls,
}: Readonly<Record<string, unknown>>): string {
  return [reasoning, content, calls && JSON.stringify(calls)].filter((part) => typeof part === 'string').join('');
}

/** `[DONE]` is ours alone to write: exactly once. */
class ForwardedChatStream implements AnswerStream {
  readonly contentType = 'text/event-stream; charset=utf-8';
  private readonly scanner = new SseScanner();
  private readonly reader = new StreamReader();
  private isDone = false;
  /** Kept back until the cost is known. */
  private usageFrame: Buffer | null = null;

  constructor(private readonly options: StreamOptions) {}

  push(chunk: Buffer): StreamPiece[] {
    return this.scanner.push(chunk).map((frame) => this.read(frame));
  }

  end(): StreamPiece[] {
    const rest = this.scanner.end();
    return rest ? [this.read(rest)] : [];
  }

  close(usage: Usage, costUsd: string | null): Buffer {
    if (costUsd === null) return DONE;
    const told = this.usageFrame
      ? addCostToFrame(this.usageFrame, costUsd)
      : usageFrame(inputTokensOf(usage), outputTokensOf(usage), costUsd);
    return Buffer.concat([told, DONE]);
  }

  fail(error: ErrorBody): Buffer {
    return Buffer.concat([Buffer.from(`data: ${JSON.stringify(error)}\n\n`), DONE]);
  }

  private read(frame: Buffer): StreamPiece {
    if (this.isDone) return WITHHELD;
    const facts = this.reader.read(frame);
    switch (facts.kind) {
      case 'chunk':
        return new ChatPiece('chunk', frame, facts);
      case 'empty':
        return new ChatPiece('other', frame, facts);
      case 'usage': {
        const { includeUsage, includeCost } = this.options;
        if (includeCost) this.usageFrame = frame;
        return new ChatPiece(includeUsage && !includeCost ? 'other' : 'withheld', frame, facts);
      }
      case 'done':
        this.isDone = true;
        return plainPiece('done');
      case 'error':
        return plainPiece('error', undefined, errorText(facts.error));
      case 'malformed':
        return plainPiece('malformed');
    }
  }
}

/** One object per frame, on the hottest path there is. */
class ChatPiece implements StreamPiece {
  readonly error = null;
  readonly textBytes: number;
  readonly finishReason: string | null;
  readonly usage: Usage | null;
  readonly serviceTier: string | null;

  constructor(
    readonly kind: StreamPiece['kind'],
    readonly bytes: Buffer,
    { textBytes, finishReason, usage, serviceTier }: StreamFrame,
  ) {
    this.textBytes = textBytes;
    this.finishReason = finishReason;
    this.usage = usage === null ? null : usageFromOpenAi(usage);
    this.serviceTier = serviceTier === null && usage === null ? null : serviceTierFromOpenAi(serviceTier, usage);
  }

  text(): string {
    return frameText(this.bytes);
  }
}

const WITHHELD = plainPiece('withheld');
const DONE = Buffer.from('data: [DONE]\n\n');
