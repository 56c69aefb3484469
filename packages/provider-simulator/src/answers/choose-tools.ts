import type { Behaviour } from '../behaviour/behaviour.js';
import type { ChatRequest, OfferedTool } from './chat-request.js';

function chooseFirst(request: ChatRequest, behaviour: Readonly<Behaviour>): OfferedTool | undefined {
  const { toolChoice, tools } = request;
  if (behaviour.tool === false || toolChoice === 'none') return undefined;
  if (typeof toolChoice === 'object') return tools.find((tool) => tool.name === toolChoice.name);
  if (toolChoice === 'required') return tools.find((tool) => tool.name === behaviour.tool) ?? tools[0];
  const wanted = behaviour.tool ?? (behaviour.toolCalls === undefined ? undefined : true);
  if (wanted === undefined || request.endsWithToolResult) return undefined;
  return wanted === true ? tools[0] : tools.find((tool) => tool.name === wanted);
}

/** The tools to call, one per call: the named one each time, or else the offered ones in turn. */
export function chooseTools(request: ChatRequest, behaviour: Readonly<Behaviour>): readonly OfferedTool[] {
  const first = chooseFirst(request, behaviour);
  if (first === undefined) return [];
  const named = typeof request.toolChoice === 'object' || typeof behaviour.tool === 'string';
  const { tools } = request;
  return Array.from({ length: behaviour.toolCalls ?? 1 }, (_, index) => (named ? first : tools[index % tools.length]!));
}
