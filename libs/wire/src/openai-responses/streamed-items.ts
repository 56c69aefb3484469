import type { Citation } from '../canonical/index.js';
import {
  callItem,
  encodeCitation,
  messageItem,
  reasoningItem,
  refusalContent,
  textContent,
  type CalledTool,
  type ItemStatus,
} from './output-items.js';

/** An event of the stream: its type and its fields, but for the place in the output and the sequence number. */
export type Told = readonly [type: string, fields: object];

/** An output item while it is being written. */
export interface StreamedItem {
  readonly id: string;
  open(): Told[];
  /** What ends it, and the whole of it. */
  close(status: ItemStatus): { told: Told[]; item: object };
}

/** A message: text and refusals, each a content part of its own. */
export class StreamedMessage implements StreamedItem {
  private readonly content: object[] = [];
  private kind: 'text' | 'refusal' | null = null;
  private text = '';
  private annotations: object[] = [];
  private logprobs: object[] = [];

  constructor(readonly id: string) {}

  open(): Told[] {
    return [['response.output_item.added', { item: messageItem(this.id, 'in_progress', []) }]];
  }

  say(delta: string, logprobs: readonly object[]): Told[] {
    const told = this.openPart('text');
    this.text += delta;
    this.logprobs.push(...logprobs);
    return [...told, ['response.output_text.delta', { ...this.part(), delta, logprobs }]];
  }

  refuse(delta: string): Told[] {
    const told = this.openPart('refusal');
    this.text += delta;
    return [...told, ['response.refusal.delta', { ...this.part(), delta }]];
  }

  cite(citation: Citation): Told[] {
    const told = this.openPart('text');
    const added = encodeCitation(citation).map((annotation): Told => {
      this.annotations.push(annotation);
      const at = { ...this.part(), annotation_index: this.annotations.length - 1 };
      return ['response.output_text.annotation.added', { ...at, annotation }];
    });
    return [...told, ...added];
  }

  close(status: ItemStatus): { told: Told[]; item: object } {
    const told = this.closePart();
    const item = messageItem(this.id, status, this.content);
    return { told: [...told, ['response.output_item.done', { item }]], item };
  }

  private openPart(kind: 'text' | 'refusal'): Told[] {
    if (this.kind === kind) return [];
    const told = this.closePart();
    this.kind = kind;
    return [...told, ['response.content_part.added', { ...this.part(), part: this.whole() }]];
  }

  private closePart(): Told[] {
    if (this.kind === null) return [];
    const part = this.whole();
    const at = this.part();
    const { text, logprobs } = this;
    const done: Told =
      this.kind === 'text'
        ? ['response.output_text.done', { ...at, text, logprobs }]
        : ['response.refusal.done', { ...at, refusal: text }];
    this.content.push(part);
    this.kind = null;
    this.text = '';
    this.annotations = [];
    this.logprobs = [];
    return [done, ['response.content_part.done', { ...at, part }]];
  }

  private part(): object {
    return { content_index: this.content.length };
  }

  private whole(): object {
    return this.kind === 'refusal'
      ? refusalContent(this.text)
      : textContent(this.text, this.annotations, this.logprobs);
  }
}

/** A stretch of thoughts, told as their summary; its proof comes at the end. */
export class StreamedReasoning implements StreamedItem {
  private text = '';
  private signature: string | null = null;
  private redacted: string | null = null;

  constructor(readonly id: string) {}

  open(): Told[] {
    return [['response.output_item.added', { item: this.item() }]];
  }

  think(delta: string): Told[] {
    const added: Told[] =
      this.text === '' ? [['response.reasoning_summary_part.added', { ...PART, part: summary('') }]] : [];
    this.text += delta;
    return [...added, ['response.reasoning_summary_text.delta', { ...PART, delta }]];
  }

  prove(signature: string | null, redacted: string | null): void {
    this.signature = signature;
    this.redacted = redacted;
  }

  close(): { told: Told[]; item: object } {
    const { text } = this;
    const done: Told[] =
      text === ''
        ? []
        : [
            ['response.reasoning_summary_text.done', { ...PART, text }],
            ['response.reasoning_summary_part.done', { ...PART, part: summary(text) }],
          ];
    const item = this.item();
    return { told: [...done, ['response.output_item.done', { item }]], item };
  }

  private item(): object {
    const { text, signature, redacted } = this;
    return reasoningItem(this.id, { text, signature, redacted });
  }
}

const PART = { summary_index: 0 };
const summary = (text: string): object => ({ type: 'summary_text', text });

/** A call: a function's arguments as they come, what the client takes otherwise once it is whole. */
export class StreamedCall implements StreamedItem {
  private argumentsJson = '';

  constructor(private readonly tool: CalledTool) {}

  get id(): string {
    return this.tool.id;
  }

  open(): Told[] {
    // A command that runs at the client is told of only when it can be read.
    if (this.tool.kind === 'local_shell') return [];
    return [['response.output_item.added', { item: callItem(this.tool, 'in_progress', '') }]];
  }

  write(delta: string): Told[] {
    this.argumentsJson += delta;
    return this.tool.kind === 'function' ? [['response.function_call_arguments.delta', { delta }]] : [];
  }

  close(status: ItemStatus): { told: Told[]; item: object } {
    const item = callItem(this.tool, status, this.argumentsJson);
    return { told: [...this.whole(item), ['response.output_item.done', { item }]], item };
  }

  private whole(item: object): Told[] {
    switch (this.tool.kind) {
      case 'function':
        return [['response.function_call_arguments.done', { name: this.tool.name, arguments: this.argumentsJson }]];
      case 'custom': {
        const { input } = item as { input: string };
        return [
          ['response.custom_tool_call_input.delta', { delta: input }],
          ['response.custom_tool_call_input.done', { input }],
        ];
      }
      case 'local_shell':
        return [['response.output_item.added', { item: { ...item, status: 'in_progress' } }]];
    }
  }
}
