import type {
  ConversationRequest,
  Message,
  OutputFormat,
  Reasoning,
  TextPart,
  Tool,
  ToolChoice,
} from '../canonical/index.js';
import { vendorTool } from '../canonical/vendor-tools.js';
import { RequestObject } from '../json-object.js';
import { cacheOf, decodeContent } from './decode-content.js';

const OUTPUT_TOKENS_MAX = 1_000_000_000;
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
/** Of tools that the client itself runs; all others run at Anthropic. */
const OWN_TOOL = 'custom';
/**
 * Fields that only Anthropic can honour, and that change what comes back. `context_management` is none: it saves tokens of
 * a long conversation, which another provider simply reads in full.
 */
const ANTHROPIC_ONLY = ['mcp_servers', 'container'];

/**
 * Reads the body of `POST /v1/messages` (Anthropic's Messages API, version 2023-06-01).
 * @throws AppError `missing_required_parameter`, `invalid_parameter`.
 */
export function decodeRequest(json: unknown): ConversationRequest {
  const body = RequestObject.of(json);
  const model = body.string('model');
  if (!body.has('max_tokens')) body.missing('max_tokens');
  if (!body.has('messages') || body.objects('messages').length === 0) body.missing('messages');
  const tools = body.objects('tools');
  const choice = body.optionalObject('tool_choice');
  const disablesParallel = choice?.optionalBoolean('disable_parallel_tool_use') ?? null;
  return {
    model,
    system: decodeSystem(body),
    messages: body.objects('messages').map(decodeMessage),
    tools: tools.filter(isOwnTool).map(decodeTool),
    toolChoice: choice && decodeToolChoice(choice),
    parallelToolCalls: disablesParallel === null ? null : !disablesParallel,
    maxOutputTokens: body.optionalInteger('max_tokens', 1, OUTPUT_TOKENS_MAX),
    temperature: body.optionalNumber('temperature', 0, 1),
    topP: body.optionalNumber('top_p', 0, 1),
    topK: body.optionalInteger('top_k', 0, 1_000_000),
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
    stop: body.strings('stop_sequences'),
    choices: 1,
    topLogprobs: null,
    logitBias: null,
    outputFormat: decodeFormat(body),
    reasoning: decodeReasoning(body),
    stream: body.optionalBoolean('stream') ?? false,
    user: body.optionalObject('metadata')?.optionalString('user_id') ?? null,
    inexpressible: [
      ...tools.filter((tool) => !isOwnTool(tool)).map((tool) => vendorTool(tool.string('type'))),
      ...ANTHROPIC_ONLY.filter((key) => body.has(key)),
    ],
  };
}

function decodeSystem(body: RequestObject): TextPart[] {
  if (typeof body.json['system'] === 'string') return [{ type: 'text', text: body.string('system') }];
  return body.objects('system').map((block) => ({ type: 'text', text: block.string('text'), ...cacheOf(block) }));
}

function decodeMessage(message: RequestObject): Message {
  const role = message.string('role');
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw message.invalid('role', 'must be user or assistant');
  }
  if (!message.has('content')) message.missing('content');
  return { role, parts: decodeContent(message, 'content') };
}

const isOwnTool = (tool: RequestObject): boolean => (tool.optionalString('type') ?? OWN_TOOL) === OWN_TOOL;

function decodeTool(tool: RequestObject): Tool {
  return {
    name: tool.string('name'),
    description: tool.optionalString('description'),
    parameters: tool.optionalObject('input_schema')?.json ?? null,
    strict: tool.optionalBoolean('strict'),
    ...cacheOf(tool),
  };
}

function decodeToolChoice(choice: RequestObject): ToolChoice {
  const type = choice.string('type');
  switch (type) {
    case 'auto':
    case 'none':
      return { kind: type };
    case 'any':
      return { kind: 'required' };
    case 'tool':
      return { kind: 'tool', name: choice.string('name') };
    default:
      throw choice.invalid('type', 'must be auto, any, tool or none');
  }
}

function decodeFormat(body: RequestObject): OutputFormat {
  const format = body.optionalObject('output_config')?.optionalObject('format') ?? body.optionalObject('output_format');
  if (format?.optionalString('type') !== 'json_schema') return { kind: 'text' };
  const schema = format.optionalObject('schema') ?? format.missing('schema');
  return { kind: 'schema', name: 'answer', schema: schema.json, strict: true };
}

function decodeReasoning(body: RequestObject): Reasoning | null {
  const thinking = body.optionalObject('thinking');
  const effort = body.optionalObject('output_config')?.optionalString('effort') ?? null;
  if (thinking === null && effort === null) return null;
  const type = thinking?.optionalString('type') ?? null;
  return {
    effort: type === 'disabled' ? 'none' : (EFFORTS.find((known) => known === effort) ?? null),
    budgetTokens: thinking?.optionalInteger('budget_tokens', 1, OUTPUT_TOKENS_MAX) ?? null,
    isAdaptive: type === 'adaptive',
    isShown: thinking?.optionalString('display') === 'omitted' ? false : null,
  };
}
