import { serviceTierFromOpenAi, usageFromOpenAi } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import { fieldsOf, objectsOf, textOrNull } from '../json-object.js';
import type { StreamDecoder } from '../protocol.js';
import { frameData } from '../sse-frame.js';
import { decodeCitation, logprobsOf } from './decode-answer.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** A call under way, by its place in the output. */
interface Call {
  readonly index: number;
  readonly isCustom: boolean;
  hasArguments: boolean;
}

/** Reads the events of a streamed response. */
export class ResponsesStreamDecoder implements StreamDecoder {
  private readonly calls = new Map<unknown, Call>();
  private isStarted = false;

  decode(frame: Buffer): AnswerEvent[] {
    const data = frameData(frame)?.toString().trim() ?? '';
    if (data === '' || data === '[DONE]') return [];
    const event = fieldsOf(JSON.parse(data));
    switch (event['type']) {
      case 'response.created':
      case 'response.in_progress':
        return this.start(fieldsOf(event['response']));
      case 'response.output_item.added':
        return this.openItem(event['output_index'], fieldsOf(event['item']));
      case 'response.output_item.done':
        return this.closeItem(event['output_index'], fieldsOf(event['item']));
      case 'response.completed':
      case 'response.incomplete':
        return this.finish(fieldsOf(event['response']));
      case 'response.failed':
        return [failure(fieldsOf(fieldsOf(event['response'])['error']))];
      case 'error':
        // Some send the error within, as in an answer that is not streamed.
        return [failure({ ...event, ...fieldsOf(event['error']) })];
      default:
        return this.delta(event);
    }
  }

  private start(response: Json): AnswerEvent[] {
    if (this.isStarted) return [];
    this.isStarted = true;
    return [{ type: 'start', id: textOrNull(response['id']), model: textOrNull(response['model']) }];
  }

  private openItem(place: unknown, item: Json): AnswerEvent[] {
    const isCustom = item['type'] === 'custom_tool_call';
    if (item['type'] !== 'function_call' && !isCustom) return [];
    const call = { index: this.calls.size, isCustom, hasArguments: false };
    this.calls.set(place, call);
    const id = textOrNull(item['call_id']) ?? `call_${call.index}`;
    const named: AnswerEvent = {
      type: 'tool_call',
      choice: 0,
      index: call.index,
      id,
      name: textOrNull(item['name']) ?? '',
    };
    return isCustom ? [named, argumentsEvent(call, '{"input":"')] : [named];
  }

  private delta(event: Json): AnswerEvent[] {
    const text = textOrNull(event['delta']) ?? '';
    switch (event['type']) {
      case 'response.output_text.delta': {
        const logprobs = logprobsOf([event]);
        return [{ type: 'text', choice: 0, text, ...(logprobs !== null && { logprobs }) }];
      }
      case 'response.refusal.delta':
        return [{ type: 'refusal', choice: 0, text }];
      case 'response.output_text.annotation.added':
        return decodeCitation(fieldsOf(event['annotation'])).map((citation) => ({
          type: 'citation',
          choice: 0,
          citation,
        }));
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return [{ type: 'reasoning', choice: 0, text }];
      case 'response.reasoning_summary_part.added':
        return Number(event['summary_index']) > 0 ? [{ type: 'reasoning', choice: 0, text: '\n\n' }] : [];
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.arguments(event['output_index'], text);
      default:
        return [];
    }
  }

  private arguments(place: unknown, text: string): AnswerEvent[] {
    const call = this.calls.get(place);
    if (!call) throw new TypeError('arguments of a call that was not announced');
    if (text === '') return [];
    call.hasArguments = true;
    return [argumentsEvent(call, call.isCustom ? JSON.stringify(text).slice(1, -1) : text)];
  }

  private closeItem(place: unknown, item: Json): AnswerEvent[] {
    if (item['type'] === 'reasoning') {
      const redacted = textOrNull(item['encrypted_content']);
      return [{ type: 'reasoning_proof', choice: 0, signature: null, redacted }];
    }
    const call = this.calls.get(place);
    if (!call) return [];
    const whole = textOrNull(item[call.isCustom ? 'input' : 'arguments']) ?? '';
    // Not everyone who speaks this protocol sends the arguments in pieces as well.
    const missed = call.hasArguments ? [] : this.arguments(place, whole);
    return call.isCustom ? [...missed, argumentsEvent(call, '"}')] : missed;
  }

  private finish(response: Json): AnswerEvent[] {
    const { status, usage: told } = response;
    const hasCalls = this.calls.size > 0 || objectsOf(response['output']).some(({ type }) => type === 'function_call');
    const reason = finishReasonOf(status, fieldsOf(response['incomplete_details'])['reason'], hasCalls);
    const usage = usageFromOpenAi(told);
    return [
      { type: 'finish', choice: 0, reason, stopSequence: null },
      ...(usage
        ? [{ type: 'usage' as const, usage, serviceTier: serviceTierFromOpenAi(response['service_tier'], told) }]
        : []),
      { type: 'done' },
    ];
  }
}

const argumentsEvent = ({ index }: Call, text: string): AnswerEvent => ({
  type: 'tool_arguments',
  choice: 0,
  index,
  text,
});

const failure = (error: Json): AnswerEvent => ({ type: 'error', message: textOrNull(error['message']) ?? '' });
