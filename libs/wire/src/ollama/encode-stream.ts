import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { AnswerEvent, FinishReason } from '../canonical/index.js';
import type { AnswerContext, StreamEncoder } from '../protocol.js';
import { encodeLogprobs, headOf, type Said, type Shape } from './encode-answer.js';
import { doneReasonOf } from './finish-reasons.js';
import { encodeUsage } from './usage.js';

/** Writes the lines of a streamed answer. Ollama's clients get each tool call whole, so calls wait for their last words. */
export class OllamaStreamEncoder implements StreamEncoder {
  private readonly head: object;
  /** Calls that may still grow, by index. */
  private readonly calls = new Map<number, { id: string; name: string; argumentsJson: string }>();
  private finishReason: FinishReason | null = null;

  constructor(
    context: AnswerContext,
    private readonly shape: Shape,
  ) {
    this.head = headOf(context);
  }

  encode(event: AnswerEvent): string {
    switch (event.type) {
      case 'text':
        return this.say({ text: event.text }, event.logprobs);
      case 'refusal':
        return this.say({ text: event.text });
      case 'reasoning':
        return this.say({ thinking: event.text });
      case 'tool_call':
        this.calls.set(event.index, { id: event.id, name: event.name, argumentsJson: '' });
        return '';
      case 'tool_arguments': {
        const call = this.calls.get(event.index);
        if (!call) throw new TypeError('arguments of a call that was not made');
        call.argumentsJson += event.text;
        return '';
      }
      case 'finish':
        this.finishReason = event.reason;
        return '';
      case 'start':
      case 'reasoning_proof':
      case 'citation':
      case 'usage':
      case 'error':
      case 'done':
        return '';
    }
  }

  close(usage: Usage): string {
    const end = { done: true, done_reason: doneReasonOf(this.finishReason), ...encodeUsage(usage) };
    return this.tellCalls() + line({ ...this.head, ...this.shape({}), ...end });
  }

  fail({ error }: ErrorBody): string {
    return line({ error: error.message });
  }

  private say(said: Said, logprobs?: unknown): string {
    if (said.text === '' || said.thinking === '') return '';
    return line({ ...this.head, ...this.shape(said), ...encodeLogprobs(logprobs), done: false });
  }

  private tellCalls(): string {
    if (this.calls.size === 0) return '';
    const calls = [...this.calls.values()];
    this.calls.clear();
    return this.say({ calls });
  }
}

const line = (json: object): string => `${JSON.stringify(json)}\n`;
