import { NO_USAGE, usageOf, type Usage } from '@ao/pricing';
import { StreamCounter, countMessagesExact, meterText, type CountableMessage } from '@ao/tokens';
import { openai } from '@ao/wire';

/** Counts for ourselves what the provider did not report: marked `estimated`, and never free. */

/** The prompt of a chat request or the input of an embeddings request, as JSON bytes. */
export function countPrompt(model: string, body: Buffer): number {
  const request = JSON.parse(body.toString('utf8')) as {
    messages?: CountableMessage[];
    input?: unknown;
    tools?: unknown;
  };
  if (Array.isArray(request.messages)) {
    const exact = countMessagesExact(model, request.messages);
    return exact >= 0 ? exact : meterText(model, JSON.stringify(request.messages)).tokens;
  }
  return [request.input].flat().reduce<number>((sum, item) => sum + countInput(model, item), 0);
}

/** What a caller received of a stream. */
export function countFrames(model: string, body: Buffer, frames: Buffer[]): Usage {
  if (frames.length === 0) return NO_USAGE;
  const counter = new StreamCounter(model);
  for (const frame of frames) counter.append(openai.frameText(frame));
  return usageOf({ inputTokens: countPrompt(model, body), outputTokens: counter.total() });
}

/** A whole answer without usage. */
export function countAnswer(model: string, body: Buffer, answer: Buffer): Usage {
  const { choices } = JSON.parse(answer.toString('utf8')) as { choices?: { message?: object; text?: string }[] };
  const text = (choices ?? []).map(({ message, text: legacy }) => legacy ?? textOf(message)).join('');
  return usageOf({ inputTokens: countPrompt(model, body), outputTokens: meterText(model, text).tokens });
}

function countInput(model: string, item: unknown): number {
  if (typeof item === 'number' || Array.isArray(item)) return Array.isArray(item) ? item.length : 1;
  return typeof item === 'string' ? meterText(model, item).tokens : 0;
}

function textOf(message: object | undefined): string {
  const { content, reasoning_content: reasoning, tool_calls: calls } = (message ?? {}) as Record<string, unknown>;
  return [reasoning, content, calls && JSON.stringify(calls)].filter((part) => typeof part === 'string').join('');
}
