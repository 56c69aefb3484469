import type { AnswerEvent, ConversationRequest } from '../canonical/index.js';
import { parseBody } from '../json-object.js';
import type { ClientProtocol, EncodeOptions, ProviderProtocol, StreamEncoder } from '../protocol.js';
import type { Exchange } from './exchange.js';
import { keepOwnProofs } from './proofs.js';
import { readOrNull, readTranslated, TranslatedStream, type Labels } from './translate.js';

/** What a client has received of an answer that broke off. */
export interface BegunAnswer {
  /** As the client knows it. */
  readonly id: string | null;
  readonly text: string;
  readonly events: readonly AnswerEvent[];
}

/** How the provider is told that the last message is the beginning of its answer. */
export type ContinuationForm = 'last_turn' | 'prefix_flag' | 'final_message_flag';

/** What an answer may consist of so far and still be continued: its text, and thoughts before it. */
const TELLABLE: ReadonlySet<AnswerEvent['type']> = new Set(['start', 'text', 'reasoning', 'reasoning_proof', 'usage']);

/**
 * Reads what went out to a client, in its own protocol.
 * @returns null for what nobody could continue: a call of a tool, several answers, nothing said yet, a finished answer.
 */
export function readBegun(sent: Buffer, protocol: ProviderProtocol): BegunAnswer | null {
  const scanner = protocol.createScanner();
  const decoder = protocol.createDecoder();
  const frames = scanner.push(sent);
  const rest = scanner.end();
  const events = readOrNull(() => (rest ? [...frames, rest] : frames).flatMap((frame) => decoder.decode(frame)));
  if (!events || !events.every((event) => TELLABLE.has(event.type) && !('choice' in event && event.choice !== 0)))
    return null;
  const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  if (text.trim() === '') return null;
  const start = events.find((event) => event.type === 'start');
  return { id: start?.id ?? null, text, events };
}

/**
 * Asks a provider to go on where another one broke off. Its stream, as the client gets it, holds only what follows.
 * @throws AppError as `translate` does.
 */
export function continueAnswer(
  request: ConversationRequest,
  { client, provider, form }: { client: ClientProtocol; provider: ProviderProtocol; form: ContinuationForm },
  begun: BegunAnswer,
  options: EncodeOptions,
  labels: Labels,
): Exchange {
  // A conversation that ends in a space is refused by some, and continued without it by others.
  const said = begun.text.trimEnd();
  const asked: ConversationRequest = {
    ...request,
    maxOutputTokens: options.maxOutputTokens,
    messages: [...request.messages, { role: 'assistant', parts: [{ type: 'text', text: said }] }],
  };
  const { body, dropped } = provider.encodeRequest(keepOwnProofs(asked, client.name, provider.name), options);
  return {
    endpoint: provider.endpoint,
    body: flagged(body, form),
    dropped,
    readAnswer: (bytes) => readTranslated(bytes, client, provider, { ...labels, includeUsage: true }),
    openStream: ({ includeUsage }) => {
      const encoder = client.createEncoder({ ...labels, id: bareId(begun.id) ?? labels.id, includeUsage });
      // It comes to stand where the client is; what it writes on the way is out already.
      for (const event of begun.events) if (event.type !== 'usage') encoder.encode(event);
      return new ContinuedStream(provider, encoder, client.streamContentType, begun.text.slice(said.length));
    },
    mapError: (status, bytes) => provider.mapError(status, bytes),
  };
}

/** Encoders put their protocol's prefix before an id. */
const bareId = (id: string | null): string | null => id?.replace(/^(?:chatcmpl-|msg_|resp_)/, '') ?? null;

function flagged(body: Buffer, form: ContinuationForm): Buffer {
  if (form === 'last_turn') return body;
  const json = parseBody(body);
  if (form === 'final_message_flag') {
    return Buffer.from(JSON.stringify({ ...json, add_generation_prompt: false, continue_final_message: true }));
  }
  const messages = json['messages'] as object[];
  const last = { ...messages.at(-1), prefix: true };
  return Buffer.from(JSON.stringify({ ...json, messages: [...messages.slice(0, -1), last] }));
}

/** What follows of an answer, written as if it had never been interrupted. */
class ContinuedStream extends TranslatedStream {
  constructor(
    provider: ProviderProtocol,
    encoder: StreamEncoder,
    contentType: string,
    /** The space that the client has already, and that the provider was not told of. */
    private space: string,
  ) {
    super(provider, encoder, contentType);
  }

  /** Thoughts of the second model belong to nothing that the client has. */
  protected override told(event: AnswerEvent): AnswerEvent[] {
    if (event.type === 'start' || event.type === 'reasoning' || event.type === 'reasoning_proof') return [];
    if (event.type !== 'text' || this.space === '') return [event];
    let common = 0;
    while (common < this.space.length && event.text[common] === this.space[common]) common += 1;
    this.space = common === event.text.length ? this.space.slice(common) : '';
    const text = event.text.slice(common);
    return text === '' ? [] : [{ ...event, text }];
  }
}
