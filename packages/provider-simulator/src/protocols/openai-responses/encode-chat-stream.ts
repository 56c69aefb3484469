import { errorOf } from '../openai/errors.js';
import type { Fields } from '../fields.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { serverEvent } from '../replies.js';
import { SectionedFrames, type Section } from '../sectioned-frames.js';
import type { EncodedResponse } from './encode-chat.js';

/** Numbers the events of one stream in the order they are made. */
class NumberedEvents {
  private sequence = 0;

  make(type: string, fields: object): string {
    this.sequence += 1;
    return serverEvent(type, { ...fields, sequence_number: this.sequence - 1 });
  }
}

/** Gives the typed events of a response. Frames are made in the order of the stream, as each takes the next number. */
export function encodeResponseStream(encoded: EncodedResponse, context: AnswerContext): StreamReply {
  const { started, response } = encoded;
  const events = new NumberedEvents();
  const sections = sectionsOf(encoded, events);
  const frames = new SectionedFrames(sections);
  const open =
    events.make('response.created', { response: started }) + events.make('response.in_progress', { response: started });
  return {
    kind: 'stream',
    contentType: 'text/event-stream; charset=utf-8',
    open,
    tokenCount: frames.tokenCount,
    token: () => frames.next(),
    get close() {
      const rest = frames.rest();
      if (!context.behaviour.endMarker) return rest;
      return rest + events.make(`response.${String(response['status'])}`, { response });
    },
    malformed: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"brok\n\n',
    get error() {
      const { message } = errorOf({ kind: 'internal', model: context.model });
      const error = { code: 'server_error', message };
      const failed = { ...started, status: 'failed', error };
      return events.make('error', { ...error, param: null }) + events.make('response.failed', { response: failed });
    },
  };
}

function sectionsOf({ parts, items }: EncodedResponse, events: NumberedEvents): Section[] {
  const contents = [parts.reasoning, parts.text, ...parts.toolCalls].filter((part) => part !== undefined);
  return contents.map((part, index) => {
    const item = items[index]!;
    const at: Position = { item_id: String(item['id']), output_index: index };
    if (item['type'] === 'reasoning') return reasoningSection(part.tokens, part.content, item, at, events);
    if (item['type'] === 'message') return textSection(part.tokens, part.content, item, at, events);
    return toolCallSection(part.tokens, part.content, item, at, events);
  });
}

interface Position {
  readonly item_id: string;
  readonly output_index: number;
}

function reasoningSection(
  tokens: readonly string[],
  text: string,
  item: Fields,
  at: Position,
  events: NumberedEvents,
): Section {
  const { output_index } = at;
  const part = { ...at, summary_index: 0 };
  return {
    tokens,
    open: () =>
      events.make('response.output_item.added', { output_index, item: { ...item, summary: [] } }) +
      events.make('response.reasoning_summary_part.added', { ...part, part: { type: 'summary_text', text: '' } }),
    delta: (delta) => events.make('response.reasoning_summary_text.delta', { ...part, delta }),
    close: () =>
      events.make('response.reasoning_summary_text.done', { ...part, text }) +
      events.make('response.reasoning_summary_part.done', { ...part, part: { type: 'summary_text', text } }) +
      events.make('response.output_item.done', { output_index, item }),
  };
}

function textSection(
  tokens: readonly string[],
  text: string,
  item: Fields,
  at: Position,
  events: NumberedEvents,
): Section {
  const { output_index } = at;
  const part = { ...at, content_index: 0 };
  const content = { type: 'output_text', annotations: [], logprobs: [], text };
  return {
    tokens,
    open: () =>
      events.make('response.output_item.added', {
        output_index,
        item: { ...item, status: 'in_progress', content: [] },
      }) + events.make('response.content_part.added', { ...part, part: { ...content, text: '' } }),
    delta: (delta) => events.make('response.output_text.delta', { ...part, delta, logprobs: [] }),
    close: () =>
      events.make('response.output_text.done', { ...part, text, logprobs: [] }) +
      events.make('response.content_part.done', { ...part, part: content }) +
      events.make('response.output_item.done', { output_index, item }),
  };
}

function toolCallSection(
  tokens: readonly string[],
  called: string,
  item: Fields,
  at: Position,
  events: NumberedEvents,
): Section {
  const { output_index } = at;
  const added = { ...item, status: 'in_progress', arguments: '' };
  return {
    tokens,
    open: () => events.make('response.output_item.added', { output_index, item: added }),
    delta: (delta) => events.make('response.function_call_arguments.delta', { ...at, delta }),
    close: () =>
      events.make('response.function_call_arguments.done', { ...at, name: item['name'], arguments: called }) +
      events.make('response.output_item.done', { output_index, item }),
  };
}
