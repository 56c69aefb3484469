import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { AnswerEvent, FinishReason } from '../canonical/index.js';
import type { AnswerContext, StreamEncoder } from '../protocol.js';
import { endingOf } from './finish-reasons.js';
import { callItemIdOf, encodeLogprobs, proofItem, type ItemStatus } from './output-items.js';
import { itemIdOf, responseObject, type State } from './response-object.js';
import { StreamedCall, StreamedMessage, StreamedReasoning, type StreamedItem, type Told } from './streamed-items.js';
import { toolKindsOf, type ToolKind } from './tools.js';

/** Writes the events of a streamed response: each item opened, written and closed, the whole response at the end. */
export class ResponsesStreamEncoder implements StreamEncoder {
  private readonly kinds: ReadonlyMap<string, ToolKind>;
  private sequence = 0;
  private isStarted = false;
  private finishReason: FinishReason = 'stop';
  private serviceTier: string | null = null;
  /** Whole items, each at its place. */
  private readonly output: object[] = [];
  /** Places that are given away. */
  private places = 0;
  /** Items under way, by place: calls that are made side by side, or one item of another kind. */
  private readonly open = new Map<number, StreamedItem>();
  private readonly callPlaces = new Map<number, number>();

  constructor(private readonly context: AnswerContext) {
    this.kinds = toolKindsOf(context.request);
  }

  encode(event: AnswerEvent): string {
    // Clients of this protocol cannot ask for a second choice.
    if ('choice' in event && event.choice > 0) return '';
    switch (event.type) {
      case 'text':
        if (event.text === '') return '';
        return this.inMessage((message) => message.say(event.text, encodeLogprobs(event.logprobs)));
      case 'refusal':
        return event.text === '' ? '' : this.inMessage((message) => message.refuse(event.text));
      case 'citation':
        return this.inMessage((message) => message.cite(event.citation));
      case 'reasoning':
        return event.text === '' ? '' : this.inReasoning((reasoning) => reasoning.think(event.text));
      case 'reasoning_proof':
        return this.prove(event.signature, event.redacted);
      case 'tool_call':
        return this.call(event);
      case 'tool_arguments':
        return this.write(event.index, event.text);
      case 'finish':
        this.finishReason = event.reason;
        return '';
      case 'usage':
        this.serviceTier = event.serviceTier;
        return '';
      case 'start':
      case 'error':
      case 'done':
        return '';
    }
  }

  close(usage: Usage, costUsd: string | null): string {
    const ending = endingOf(this.finishReason);
    const before = this.start() + this.closeItems(ending.status);
    const whole = this.frame([`response.${ending.status}`, { response: this.response(ending, usage) }]);
    if (costUsd === null) return before + whole;
    // Written by hand, into the usage at the very end: a cost is exact to the last digit, which a float is not.
    return `${before}${whole.slice(0, -USAGE_END.length)},"cost":${costUsd}${USAGE_END}`;
  }

  fail({ error }: ErrorBody): string {
    const { type: _type, ...told } = error;
    // A response that was never told of cannot fail; the event's own type stands where the error's would.
    if (!this.isStarted) return this.frame(['error', told]);
    const state: State = { status: 'failed', incomplete_details: null, error };
    return this.frame(['response.failed', { response: this.response(state, null) }]);
  }

  private start(): string {
    if (this.isStarted) return '';
    this.isStarted = true;
    const response = this.response({ status: 'in_progress', incomplete_details: null }, null);
    return this.frame(['response.created', { response }]) + this.frame(['response.in_progress', { response }]);
  }

  private response(state: State, usage: Usage | null): object {
    const output = state.status === 'in_progress' ? [] : this.output.filter(Boolean);
    return responseObject(this.context, state, { output, usage, serviceTier: this.serviceTier });
  }

  private inMessage(tell: (message: StreamedMessage) => Told[]): string {
    return this.inItem(StreamedMessage, () => new StreamedMessage(itemIdOf('msg', this.context, this.places)), tell);
  }

  private inReasoning(tell: (reasoning: StreamedReasoning) => Told[]): string {
    return this.inItem(StreamedReasoning, () => new StreamedReasoning(itemIdOf('rs', this.context, this.places)), tell);
  }

  /** Goes on with the item under way where it is of the kind; else closes what is open and begins one. */
  private inItem<T extends StreamedItem>(
    kind: new (id: string) => T,
    create: () => T,
    tell: (item: T) => Told[],
  ): string {
    const last = this.open.get(this.places - 1);
    if (last instanceof kind) return this.tell(this.places - 1, tell(last));
    const before = this.start() + this.closeItems('completed');
    const item = create();
    return before + this.begin(item) + this.tell(this.places - 1, tell(item));
  }

  private begin(item: StreamedItem): string {
    const place = this.places;
    this.places += 1;
    this.open.set(place, item);
    return this.tell(place, item.open());
  }

  private prove(signature: string | null, redacted: string | null): string {
    const isUnderWay = this.open.get(this.places - 1) instanceof StreamedReasoning;
    if (!isUnderWay && signature === null && redacted === null) return '';
    const told = this.inReasoning((reasoning) => {
      reasoning.prove(signature, redacted);
      return [];
    });
    return told + this.closeItems('completed');
  }

  private call({ index, id, name, signature }: Extract<AnswerEvent, { type: 'tool_call' }>): string {
    const isAmongCalls = this.open.get(this.places - 1) instanceof StreamedCall;
    const before = this.start() + (isAmongCalls ? '' : this.closeItems('completed')) + this.proof(signature);
    const kind = this.kinds.get(name) ?? 'function';
    this.callPlaces.set(index, this.places);
    const call = { kind, id: callItemIdOf(kind, this.context, this.places), callId: id, name };
    return before + this.begin(new StreamedCall(call));
  }

  private proof(signature: string | undefined): string {
    if (signature === undefined) return '';
    const place = this.places;
    this.places += 1;
    const item = proofItem(itemIdOf('rs', this.context, place), signature);
    this.output[place] = item;
    return this.tell(place, [
      ['response.output_item.added', { item }],
      ['response.output_item.done', { item }],
    ]);
  }

  private write(index: number, text: string): string {
    const place = this.callPlaces.get(index) ?? -1;
    const call = this.open.get(place);
    if (!(call instanceof StreamedCall)) throw new TypeError('arguments of a call that is not under way');
    return text === '' ? '' : this.tell(place, call.write(text));
  }

  /** @param lastStatus Of the item that is last: those before it came to their end. */
  private closeItems(lastStatus: ItemStatus): string {
    const frames = [...this.open].map(([place, item]) => {
      const { told, item: whole } = item.close(place === this.places - 1 ? lastStatus : 'completed');
      this.output[place] = whole;
      return this.tell(place, told, item.id);
    });
    this.open.clear();
    return frames.join('');
  }

  private tell(place: number, told: readonly Told[], id = this.open.get(place)?.id): string {
    return told
      .map(([type, fields]) => {
        const ofItem = type.startsWith('response.output_item.') ? {} : { item_id: id };
        return this.frame([type, { ...ofItem, output_index: place, ...fields }]);
      })
      .join('');
  }

  private frame([type, fields]: Told): string {
    const sequence = this.sequence;
    this.sequence += 1;
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
  }
}

const USAGE_END = '}}}\n\n';
