import type { Behaviour, FinishReason } from '../behaviour/behaviour.js';
import type { ChatRequest, OfferedTool } from './chat-request.js';
import { demoText, demoTextOfLength } from './demo-text.js';
import { sampleJson } from './sample-json.js';
import { estimateTokens, splitTokens } from './tokens.js';

export interface Usage {
  /** Cached input included. */
  readonly inputTokens: number;
  readonly cachedTokens: number;
  /** Reasoning included, all choices together. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** What will be said, before any protocol puts it into words. */
export interface Answer {
  /** The text, or the arguments of the tool call, token by token. */
  readonly tokens: readonly string[];
  readonly content: string;
  /** The called tool; then `content` holds its arguments. */
  readonly toolName: string | undefined;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
}

function chooseTool(request: ChatRequest, behaviour: Readonly<Behaviour>): OfferedTool | undefined {
  const { toolChoice, tools } = request;
  if (behaviour.tool === false || toolChoice === 'none') return undefined;
  if (typeof toolChoice === 'object') return tools.find((tool) => tool.name === toolChoice.name);
  if (toolChoice === 'required') return tools.find((tool) => tool.name === behaviour.tool) ?? tools[0];
  if (behaviour.tool === undefined || request.endsWithToolResult) return undefined;
  return behaviour.tool === true ? tools[0] : tools.find((tool) => tool.name === behaviour.tool);
}

function wholeContent(request: ChatRequest, behaviour: Readonly<Behaviour>, tool: OfferedTool | undefined): string {
  if (tool !== undefined) return behaviour.toolArguments ?? JSON.stringify(sampleJson(tool.parameters) ?? {});
  if (behaviour.text !== undefined) return behaviour.text;
  if (typeof request.format === 'object') return JSON.stringify(sampleJson(request.format.schema));
  if (request.format === 'json') return JSON.stringify({ answer: demoText(request.question) });
  if (behaviour.outputTokens === undefined) return demoText(request.question);
  return demoTextOfLength(request.question, Math.max(0, behaviour.outputTokens - behaviour.reasoningTokens));
}

/**
 * Decides the answer to a chat or completion request. Figures set by the behaviour are final, so a test can have more
 * output than the caller allowed; figures that follow from the text obey the caller's maximum.
 */
export function planAnswer(request: ChatRequest, behaviour: Readonly<Behaviour>): Answer {
  const tool = chooseTool(request, behaviour);
  const whole = wholeContent(request, behaviour, tool);
  const allTokens = splitTokens(whole);
  const limit = behaviour.outputTokens === undefined ? request.outputTokensMax : undefined;
  const shortened = limit !== undefined && allTokens.length > limit;
  const tokens = shortened ? allTokens.slice(0, limit) : allTokens;
  return {
    tokens,
    content: shortened ? tokens.join('') : whole,
    toolName: tool?.name,
    finishReason: behaviour.finishReason ?? (shortened ? 'length' : tool === undefined ? 'stop' : 'tool_calls'),
    usage: planUsage(request, behaviour, tokens.length),
  };
}

function planUsage(request: ChatRequest, behaviour: Readonly<Behaviour>, tokenCount: number): Usage {
  const { cachedTokens, reasoningTokens } = behaviour;
  const outputTokens = behaviour.outputTokens ?? tokenCount * request.choiceCount + reasoningTokens;
  return {
    inputTokens: Math.max(behaviour.inputTokens ?? estimateTokens(request.inputCharacters), cachedTokens),
    cachedTokens,
    outputTokens: Math.max(outputTokens, reasoningTokens),
    reasoningTokens,
  };
}
