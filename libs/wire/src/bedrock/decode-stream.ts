import { usageFromBedrock } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import { fieldsOf, isObject, textOrNull } from '../json-object.js';
import type { StreamDecoder } from '../protocol.js';
import { decodeCitation, tierOf } from './decode-answer.js';
import { readMessage } from './event-stream.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads the messages of ConverseStream. */
export class BedrockStreamDecoder implements StreamDecoder {
  private tools = 0;
  /** The index of the call in each block that holds one. */
  private readonly calls = new Map<unknown, number>();
  /** Blocks of reasoning whose proof is to come. */
  private readonly thoughts = new Set<unknown>();

  decode(frame: Buffer): AnswerEvent[] {
    const { headers, payload } = readMessage(frame);
    const type = headers.get(':message-type');
    if (type === 'error') {
      return [{ type: 'error', message: headers.get(':error-message') ?? headers.get(':error-code') ?? '' }];
    }
    const json = fieldsOf(payload.length === 0 ? {} : JSON.parse(payload.toString()));
    if (type === 'exception') return [{ type: 'error', message: textOrNull(json['message']) ?? '' }];
    return this.event(headers.get(':event-type') ?? '', json);
  }

  private event(type: string, json: Json): AnswerEvent[] {
    const block = json['contentBlockIndex'];
    switch (type) {
      case 'messageStart':
        return [{ type: 'start', id: null, model: null }];
      case 'contentBlockStart':
        return this.startBlock(block, fieldsOf(json['start'])['toolUse']);
      case 'contentBlockDelta':
        return this.delta(block, fieldsOf(json['delta']));
      case 'contentBlockStop':
        return this.stopBlock(block);
      case 'messageStop':
        return [{ type: 'finish', choice: 0, reason: finishReasonOf(String(json['stopReason'])), stopSequence: null }];
      case 'metadata': {
        const usage = usageFromBedrock(json['usage']);
        const told: AnswerEvent[] = usage ? [{ type: 'usage', usage, serviceTier: tierOf(json) }] : [];
        return [...told, { type: 'done' }];
      }
      default:
        return [];
    }
  }

  private startBlock(block: unknown, toolUse: unknown): AnswerEvent[] {
    // A tool that runs at AWS is no call of the client's.
    if (!isObject(toolUse) || toolUse['type'] === 'server_tool_use') return [];
    const index = this.tools;
    this.tools += 1;
    this.calls.set(block, index);
    return [{ type: 'tool_call', choice: 0, index, id: String(toolUse['toolUseId']), name: String(toolUse['name']) }];
  }

  private delta(block: unknown, delta: Json): AnswerEvent[] {
    const { text, toolUse, reasoningContent, citation } = delta;
    if (typeof text === 'string') return text === '' ? [] : [{ type: 'text', choice: 0, text }];
    if (isObject(reasoningContent)) return this.think(block, reasoningContent);
    if (isObject(citation)) return [{ type: 'citation', choice: 0, citation: decodeCitation(citation) }];
    const index = this.calls.get(block);
    if (!isObject(toolUse) || index === undefined) return [];
    return [{ type: 'tool_arguments', choice: 0, index, text: textOrNull(toolUse['input']) ?? '' }];
  }

  private think(block: unknown, content: Json): AnswerEvent[] {
    const text = textOrNull(content['text']);
    if (text !== null) {
      this.thoughts.add(block);
      return [{ type: 'reasoning', choice: 0, text }];
    }
    this.thoughts.delete(block);
    const signature = textOrNull(content['signature']);
    return [{ type: 'reasoning_proof', choice: 0, signature, redacted: textOrNull(content['redactedContent']) }];
  }

  private stopBlock(block: unknown): AnswerEvent[] {
    if (!this.thoughts.delete(block)) return [];
    return [{ type: 'reasoning_proof', choice: 0, signature: null, redacted: null }];
  }
}
