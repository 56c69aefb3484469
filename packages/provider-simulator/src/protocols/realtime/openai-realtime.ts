import type { Answer, Block } from '../../answers/plan-answer.js';
import { answerParts } from '../answer-parts.js';
import { encodeProblem, errorOf } from '../openai/errors.js';
import { isFields, listOfFields, type Fields } from '../fields.js';
import type { AnswerContext } from '../protocol.js';
import type { Dialogue, SocketMessage, SocketProtocol } from '../socket-protocol.js';
import { parseMessage, planTurn, SILENT, withText, withToolResult, type Conversation } from './plan-turn.js';
import { namedTools, textOf } from '../chat-fields.js';

const PATH = '/v1/realtime';

/** OpenAI's Realtime API: text in, text or function calls out; sound is taken and not listened to. */
export const openAiRealtimeProtocol: SocketProtocol = {
  name: 'openai-realtime',
  matches: (path) => path === PATH,
  modelOf: (query) => new URLSearchParams(query).get('model') ?? '',
  encodeProblem,
  binary: false,
  start: (context) => new RealtimeDialogue(context),
};

class RealtimeDialogue implements Dialogue {
  private conversation: Conversation = SILENT;
  private session: Fields;
  private eventCount = 0;
  private responseCount = 0;

  constructor(private readonly context: AnswerContext) {
    const { id, model } = context;
    const shape = { type: 'realtime', object: 'realtime.session', output_modalities: ['text'], tools: [] };
    this.session = { id: `sess_${id}`, model, ...shape };
  }

  get behaviour() {
    return this.context.behaviour;
  }

  *greeting(): Iterable<SocketMessage> {
    yield this.event('session.created', { session: this.session });
  }

  *answer(message: string): Iterable<SocketMessage> {
    const event = parseMessage(message);
    switch (event?.['type']) {
      case 'session.update':
        yield this.update(event);
        return;
      case 'conversation.item.create':
        yield* this.addItem(isFields(event['item']) ? event['item'] : {});
        return;
      case 'input_audio_buffer.append':
        return;
      case 'input_audio_buffer.commit':
        yield this.event('input_audio_buffer.committed', { item_id: `item_${this.context.id}audio` });
        return;
      case 'response.create':
        yield* this.respond();
        return;
      default:
        yield { text: message };
    }
  }

  error(): string {
    const { message, type, code } = errorOf({ kind: 'internal', model: this.context.model });
    return this.event('error', { error: { type, code, message, param: null, event_id: null } }).text;
  }

  private event(type: string, fields: object, isToken = false): SocketMessage {
    this.eventCount += 1;
    return {
      text: JSON.stringify({ type, event_id: `event_${this.context.id}${this.eventCount}`, ...fields }),
      isToken,
    };
  }

  private update(event: Fields): SocketMessage {
    const changes = isFields(event['session']) ? event['session'] : {};
    this.session = { ...this.session, ...changes };
    this.conversation = { ...this.conversation, tools: namedTools(listOfFields(this.session['tools'])) };
    return this.event('session.updated', { session: this.session });
  }

  private *addItem(given: Fields): Iterable<SocketMessage> {
    const item = {
      id: `item_${this.context.id}in${this.eventCount}`,
      object: 'realtime.item',
      status: 'completed',
      ...given,
    };
    if (given['type'] === 'function_call_output') {
      this.conversation = withToolResult(this.conversation, String(given['output']).length);
    } else {
      this.conversation = withText(this.conversation, textOf(given['content']));
    }
    yield this.event('conversation.item.added', { previous_item_id: null, item });
    yield this.event('conversation.item.done', { previous_item_id: null, item });
  }

  private *respond(): Iterable<SocketMessage> {
    this.responseCount += 1;
    const id = `resp_${this.context.id}${this.responseCount}`;
    const answer = planTurn(this.conversation, this.behaviour);
    const response = {
      object: 'realtime.response',
      id,
      status: 'in_progress',
      status_details: null,
      output: [],
      usage: null,
    };
    yield this.event('response.created', { response });
    const output: object[] = [];
    const { text, toolCalls } = answerParts(answer);
    if (text !== undefined) output.push(yield* this.say(text, id));
    for (const call of toolCalls) output.push(yield* this.callFunction(call, id, output.length));
    const usage = this.behaviour.usage ? encodeUsage(answer) : null;
    const incomplete = answer.finishReason === 'length' || answer.finishReason === 'content_filter';
    const status = incomplete ? 'incomplete' : 'completed';
    if (this.behaviour.endMarker)
      yield this.event('response.done', { response: { ...response, status, output, usage } });
  }

  private *say({ tokens, content }: Block, response_id: string): Generator<SocketMessage, object> {
    const item = { id: `item_${response_id}`, object: 'realtime.item', type: 'message', role: 'assistant' };
    const at = { response_id, item_id: item.id, output_index: 0, content_index: 0 };
    const part = { type: 'output_text', text: content };
    const done = { ...item, status: 'completed', content: [part] };
    yield this.event('response.output_item.added', {
      response_id,
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    });
    yield this.event('response.content_part.added', { ...at, part: { ...part, text: '' } });
    for (const delta of tokens) yield this.event('response.output_text.delta', { ...at, delta }, true);
    yield this.event('response.output_text.done', { ...at, text: content });
    yield this.event('response.content_part.done', { ...at, part });
    yield this.event('response.output_item.done', { response_id, output_index: 0, item: done });
    return done;
  }

  private *callFunction(
    { tokens, content, toolName: name }: Block,
    response_id: string,
    output_index: number,
  ): Generator<SocketMessage, object> {
    const call_id = `call_${response_id}${output_index}`;
    const item = {
      id: `item_${response_id}${output_index}`,
      object: 'realtime.item',
      type: 'function_call',
      name,
      call_id,
    };
    const at = { response_id, item_id: item.id, output_index, call_id };
    const done = { ...item, status: 'completed', arguments: content };
    yield this.event('response.output_item.added', {
      response_id,
      output_index,
      item: { ...item, status: 'in_progress', arguments: '' },
    });
    for (const delta of tokens) yield this.event('response.function_call_arguments.delta', { ...at, delta }, true);
    yield this.event('response.function_call_arguments.done', { ...at, name, arguments: content });
    yield this.event('response.output_item.done', { response_id, output_index, item: done });
    return done;
  }
}

function encodeUsage({ usage }: Answer): object {
  const { inputTokens, cachedTokens, outputTokens } = usage;
  const cached = { cached_tokens: cachedTokens, cached_tokens_details: { text_tokens: cachedTokens, audio_tokens: 0 } };
  return {
    total_tokens: inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_token_details: { text_tokens: inputTokens, audio_tokens: 0, image_tokens: 0, ...cached },
    output_token_details: { text_tokens: outputTokens, audio_tokens: 0 },
  };
}
