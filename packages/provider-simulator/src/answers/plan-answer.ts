import type { Behaviour, FinishReason } from '../behaviour/behaviour.js';
import type { ChatRequest } from './chat-request.js';
import { chooseTools } from './choose-tools.js';
import { demoText, demoTextOfLength } from './demo-text.js';
import { sampleJson } from './sample-json.js';
import { estimateTokens, splitTokens } from './tokens.js';

export interface Usage {
  /** Cached and cache-written input included. */
  readonly inputTokens: number;
  readonly cachedTokens: number;
  /** Written to the provider's cache for its usual time, and for an hour. */
  readonly cacheWriteTokens: number;
  readonly cacheWrite1hTokens: number;
  /** Reasoning included, all choices together. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** One part of an answer: what was thought, what is said, or one call of a tool. */
export interface Block {
  readonly kind: 'reasoning' | 'text' | 'tool_call';
  /** The text, or the raw arguments of the call. */
  readonly content: string;
  /** The same, token by token. */
  readonly tokens: readonly string[];
  /** Empty unless a tool is called. */
  readonly toolName: string;
}

/** What will be said, before any protocol puts it into words. */
export interface Answer {
  /** Reasoning, text, tool calls, in this order, those that there are. */
  readonly blocks: readonly Block[];
  /** The first tool call, or else the text: all that a protocol without blocks can tell. */
  readonly tokens: readonly string[];
  readonly content: string;
  /** The called tool; then `content` holds its arguments. */
  readonly toolName: string | undefined;
  readonly finishReason: FinishReason;
  /** The sequence that ended the answer, if one did; it is not part of the text. */
  readonly stopSequence: string | undefined;
  readonly usage: Usage;
}

function block(kind: Block['kind'], content: string, toolName = ''): Block {
  return { kind, content, tokens: splitTokens(content), toolName };
}

const NOTHING = block('text', '');

/** What is left to say of an answer that was begun elsewhere; of another answer, all. */
function restOf(text: string, begun = ''): string {
  return text.startsWith(begun) ? text.slice(begun.length) : text;
}

function wholeText(request: ChatRequest, behaviour: Readonly<Behaviour>, reasoningTokens: number): string {
  if (behaviour.text !== undefined) return behaviour.text;
  if (typeof request.format === 'object') return JSON.stringify(sampleJson(request.format.schema));
  if (request.format === 'json') return JSON.stringify({ answer: demoText(request.question) });
  if (behaviour.outputTokens === undefined) return demoText(request.question);
  return demoTextOfLength(request.question, Math.max(0, behaviour.outputTokens - reasoningTokens));
}

/** The text up to the first stop sequence of the caller, or to the one that the behaviour says ended it. */
function stopText(text: string, request: ChatRequest, set: string | undefined): [text: string, sequence?: string] {
  let end = text.length;
  let found: string | undefined;
  for (const sequence of request.stopSequences ?? []) {
    const at = sequence === '' ? -1 : text.indexOf(sequence);
    if (at >= 0 && (found === undefined || at < end)) [end, found] = [at, sequence];
  }
  if (found !== undefined) return [text.slice(0, end), found];
  if (set === undefined) return [text];
  const at = text.indexOf(set);
  return [at < 0 ? text : text.slice(0, at), set];
}

/** Reasoning, text and calls as long as they would like to be. */
function wholeBlocks(request: ChatRequest, behaviour: Readonly<Behaviour>): { blocks: Block[]; stopSequence?: string } {
  const blocks = behaviour.reasoning === undefined ? [] : [block('reasoning', behaviour.reasoning)];
  const tools = chooseTools(request, behaviour);
  if (tools.length === 0) {
    const reasoningTokens = behaviour.reasoningTokens ?? blocks[0]?.tokens.length ?? 0;
    const whole = wholeText(request, behaviour, reasoningTokens);
    const [text, stopSequence] = stopText(whole, request, behaviour.stopSequence);
    blocks.push(block('text', restOf(text, request.begun)));
    return stopSequence === undefined ? { blocks } : { blocks, stopSequence };
  }
  if (behaviour.text !== undefined) blocks.push(block('text', behaviour.text));
  for (const tool of tools) {
    const sample = behaviour.toolArguments ?? JSON.stringify(sampleJson(tool.parameters) ?? {});
    blocks.push(block('tool_call', sample, tool.name));
  }
  return { blocks };
}

/** As many of the blocks as the caller's maximum allows, the last one cut short. */
function shorten(blocks: readonly Block[], limit: number): Block[] {
  let left = limit;
  const kept: Block[] = [];
  for (const whole of blocks) {
    if (left === 0 && whole.tokens.length > 0) break;
    const tokens = whole.tokens.slice(0, left);
    left -= tokens.length;
    kept.push({ ...whole, tokens, content: tokens.join('') });
  }
  return kept;
}

function countTokens(blocks: readonly Block[]): number {
  let count = 0;
  for (const { tokens } of blocks) count += tokens.length;
  return count;
}

/**
 * Decides the answer to a chat or completion request. Figures set by the behaviour are final, so a test can have more
 * output than the caller allowed; figures that follow from the text obey the caller's maximum.
 */
export function planAnswer(request: ChatRequest, behaviour: Readonly<Behaviour>): Answer {
  const whole = wholeBlocks(request, behaviour);
  const limit = behaviour.outputTokens === undefined ? request.outputTokensMax : undefined;
  const shortened = limit !== undefined && countTokens(whole.blocks) > limit;
  const blocks = shortened ? shorten(whole.blocks, limit) : whole.blocks;
  const call = blocks.find(({ kind }) => kind === 'tool_call');
  const main = call ?? blocks.find(({ kind }) => kind === 'text') ?? NOTHING;
  const usual = shortened ? 'length' : call === undefined ? 'stop' : 'tool_calls';
  return {
    blocks,
    tokens: main.tokens,
    content: main.content,
    toolName: call?.toolName,
    finishReason: behaviour.finishReason ?? usual,
    stopSequence: shortened ? undefined : whole.stopSequence,
    usage: planUsage(request, behaviour, blocks),
  };
}

function planUsage(request: ChatRequest, behaviour: Readonly<Behaviour>, blocks: readonly Block[]): Usage {
  const { cachedTokens, cacheWriteTokens, cacheWrite1hTokens } = behaviour;
  const thought = blocks[0]?.kind === 'reasoning' ? blocks[0].tokens.length : 0;
  const reasoningTokens = behaviour.reasoningTokens ?? thought;
  const said = (countTokens(blocks) - thought) * request.choiceCount;
  return {
    inputTokens: Math.max(
      behaviour.inputTokens ?? estimateTokens(request.inputCharacters),
      cachedTokens + cacheWriteTokens + cacheWrite1hTokens,
    ),
    cachedTokens,
    cacheWriteTokens,
    cacheWrite1hTokens,
    outputTokens: Math.max(
      (request.begun === undefined ? behaviour.outputTokens : undefined) ?? said + reasoningTokens,
      reasoningTokens,
    ),
    reasoningTokens,
  };
}
