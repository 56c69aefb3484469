import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { Answer, AnswerEvent, AnswerPart, ConversationRequest } from '../canonical/index.js';
import type { AnswerContext, ClientProtocol, EncodeOptions, ProviderProtocol, StreamEncoder } from '../protocol.js';
import { errorText, NOTHING, plainPiece, type Exchange, type StreamPiece, type WholeAnswer } from './exchange.js';

import { FramedStream } from './framed-stream.js';
import { keepOwnProofs, labelAnswer, labelEvent } from './proofs.js';

/** What answers are labelled with. */
export type Labels = Omit<AnswerContext, 'includeUsage'>;

/**
 * A client and a provider of different protocols.
 * @throws AppError `unsupported_parameter` for content that the provider's protocol cannot say.
 */
export function translate(
  request: ConversationRequest,
  client: ClientProtocol,
  provider: ProviderProtocol,
  options: EncodeOptions,
  labels: Labels,
): Exchange {
  const { body, dropped } = provider.encodeRequest(keepOwnProofs(request, client.name, provider.name), options);
  return {
    endpoint: provider.endpoint,
    body,
    dropped,
    readAnswer: (bytes) => readTranslated(bytes, client, provider, { ...labels, includeUsage: true }),
    openStream: ({ includeUsage }) =>
      new TranslatedStream(provider, client.createEncoder({ ...labels, includeUsage }), client.streamContentType),
    mapError: (status, bytes) => provider.mapError(status, bytes),
  };
}

/** A whole answer of the provider's, as the client is to have it. */
export function readTranslated(
  bytes: Buffer,
  client: ClientProtocol,
  provider: ProviderProtocol,
  context: AnswerContext,
): WholeAnswer | null {
  const answer = readOrNull(() => provider.decodeAnswer(bytes));
  if (!answer) return null;
  // The client knows the call by our id: a provider's would mean nothing to its protocol.
  const text = client.encodeAnswer({ ...labelAnswer(answer, provider.name), id: null }, context);
  return {
    ...factsOf(answer),
    body: Buffer.from(text),
    contentType: 'application/json',
    withCost: (costUsd) => Buffer.from(client.withCost?.(text, costUsd) ?? text),
  };
}

/** What the platform must know of an answer. */
export function factsOf(answer: Answer): Pick<WholeAnswer, 'finishReason' | 'usage' | 'serviceTier' | 'text'> {
  const { choices, usage, serviceTier } = answer;
  return {
    usage,
    serviceTier,
    finishReason: choices.findLast(({ finishReason }) => finishReason !== null)?.finishReason ?? null,
    text: () => choices.flatMap(({ parts }) => parts.map(partText)).join(''),
  };
}

export function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

const partText = (part: AnswerPart): string => (part.type === 'tool_call' ? part.name + part.argumentsJson : part.text);

/** The text of an event, as far as it is generated. */
function eventText(event: AnswerEvent): string {
  switch (event.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
    case 'tool_arguments':
      return event.text;
    case 'tool_call':
      return event.name;
    default:
      return '';
  }
}

/** A provider's events, written by a client's encoder as they come. */
export class TranslatedStream extends FramedStream {
  private isDone = false;

  constructor(
    private readonly provider: ProviderProtocol,
    private readonly encoder: StreamEncoder,
    contentType: string,
  ) {
    super(provider, contentType);
  }

  close(usage: Usage, costUsd: string | null): Buffer {
    return Buffer.from(this.encoder.close(usage, costUsd));
  }

  fail(error: ErrorBody): Buffer {
    return Buffer.from(this.encoder.fail(error));
  }

  protected read(frame: Buffer): StreamPiece {
    if (this.isDone) return plainPiece('withheld');
    const encoded = readOrNull(() => {
      const events = this.decoder.decode(frame).flatMap((event) => this.told(labelEvent(event, this.provider.name)));
      return { events, bytes: events.map((event) => this.encoder.encode(event)).join('') };
    });
    if (!encoded) return plainPiece('malformed');
    const piece = pieceOf(encoded.events, encoded.bytes === '' ? NOTHING : Buffer.from(encoded.bytes));
    this.isDone = piece.kind === 'done';
    return piece;
  }

  /** What the client is told of an event. */
  protected told(event: AnswerEvent): AnswerEvent[] {
    return [event];
  }
}

/** A frame's events as one piece of the answer. */
export function pieceOf(events: readonly AnswerEvent[], bytes: Buffer): StreamPiece {
  const error = events.find((event) => event.type === 'error');
  if (error) return plainPiece('error', NOTHING, errorText(error.message));
  const text = events.map(eventText).join('');
  const usage = events.findLast((event) => event.type === 'usage');
  return {
    kind: kindOf(events, text, bytes),
    bytes,
    error: null,
    textBytes: Buffer.byteLength(text),
    finishReason: events.findLast((event) => event.type === 'finish')?.reason ?? null,
    usage: usage?.usage ?? null,
    serviceTier: usage?.serviceTier ?? null,
    text: () => text,
  };
}

function kindOf(events: readonly AnswerEvent[], text: string, bytes: Buffer): StreamPiece['kind'] {
  if (events.some(({ type }) => type === 'done')) return 'done';
  if (text !== '') return 'chunk';
  return bytes.length > 0 ? 'other' : 'withheld';
}
