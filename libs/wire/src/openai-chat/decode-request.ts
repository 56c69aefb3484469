import type { ConversationRequest, OutputFormat, Reasoning, Tool, ToolChoice } from '../canonical/index.js';
import { vendorTool } from '../canonical/vendor-tools.js';
import { RequestObject } from '../json-object.js';
import { cacheOf } from './decode-content.js';
import { decodeMessages } from './decode-messages.js';

const OUTPUT_TOKENS_MAX = 1_000_000_000;
const CHOICES_MAX = 128;
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
/** Fields that change what comes back, and that only providers of OpenAI's own protocol can honour. */
const OPENAI_ONLY = ['prediction', 'audio', 'web_search_options'];

/**
 * Reads the body of `POST /v1/chat/completions` for a provider of another protocol. What says nothing (`n: 1`, a penalty
 * of 0) counts as not given.
 * @throws AppError `missing_required_parameter`, `invalid_parameter`.
 */
export function decodeRequest(json: unknown): ConversationRequest {
  const body = RequestObject.of(json);
  const model = body.string('model');
  if (body.objects('messages').length === 0) body.missing('messages');
  const tools = body.objects('tools');
  return {
    model,
    ...decodeMessages(body),
    tools: [...tools.filter(isFunction).map(decodeTool), ...body.objects('functions').map(decodeFunction)],
    toolChoice: decodeToolChoice(body),
    parallelToolCalls: body.optionalBoolean('parallel_tool_calls'),
    maxOutputTokens:
      body.optionalInteger('max_completion_tokens', 1, OUTPUT_TOKENS_MAX) ??
      body.optionalInteger('max_tokens', 1, OUTPUT_TOKENS_MAX),
    temperature: body.optionalNumber('temperature', 0, 2),
    topP: body.optionalNumber('top_p', 0, 1),
    topK: body.optionalInteger('top_k', 0, 1_000_000),
    seed: body.optionalNumber('seed'),
    frequencyPenalty: body.optionalNumber('frequency_penalty', -2, 2) || null,
    presencePenalty: body.optionalNumber('presence_penalty', -2, 2) || null,
    stop: body.strings('stop'),
    choices: body.optionalInteger('n', 1, CHOICES_MAX) ?? 1,
    topLogprobs: body.optionalBoolean('logprobs') ? (body.optionalInteger('top_logprobs', 0, 20) ?? 0) : null,
    logitBias: decodeLogitBias(body),
    outputFormat: decodeFormat(body),
    reasoning: decodeReasoning(body),
    stream: body.optionalBoolean('stream') ?? false,
    user: body.optionalString('safety_identifier') ?? body.optionalString('user'),
    inexpressible: [
      ...tools.filter((tool) => !isFunction(tool)).map((tool) => vendorTool(tool.string('type'))),
      ...OPENAI_ONLY.filter((key) => body.has(key)),
      ...(body.strings('modalities').some((kind) => kind !== 'text') ? ['modalities'] : []),
    ],
  };
}

const isFunction = (tool: RequestObject): boolean => tool.string('type') === 'function';

function decodeTool(tool: RequestObject): Tool {
  const described = tool.optionalObject('function') ?? tool.missing('function');
  return { ...decodeFunction(described), ...cacheOf(tool) };
}

function decodeFunction(described: RequestObject): Tool {
  return {
    name: described.string('name'),
    description: described.optionalString('description'),
    parameters: described.optionalObject('parameters')?.json ?? null,
    strict: described.optionalBoolean('strict'),
    ...cacheOf(described),
  };
}

function decodeToolChoice(body: RequestObject): ToolChoice | null {
  const key = body.has('tool_choice') ? 'tool_choice' : 'function_call';
  if (!body.has(key)) return null;
  const word = body.json[key];
  if (word === 'auto' || word === 'none' || word === 'required') return { kind: word };
  const choice = RequestObject.of(word, key);
  const named = choice.optionalObject('function') ?? choice;
  return { kind: 'tool', name: named.string('name') };
}

function decodeLogitBias(body: RequestObject): Readonly<Record<string, number>> | null {
  const bias = body.optionalObject('logit_bias')?.json ?? {};
  return Object.keys(bias).length > 0 ? (bias as Record<string, number>) : null;
}

function decodeFormat(body: RequestObject): OutputFormat {
  const format = body.optionalObject('response_format');
  switch (format?.string('type')) {
    case 'json_schema': {
      const described = format.optionalObject('json_schema') ?? format.missing('json_schema');
      const schema = described.optionalObject('schema') ?? described.missing('schema');
      const name = described.optionalString('name') ?? 'answer';
      return { kind: 'schema', name, schema: schema.json, strict: described.optionalBoolean('strict') };
    }
    case 'json_object':
      return { kind: 'json' };
    default:
      return { kind: 'text' };
  }
}

/** OpenAI's word, OpenRouter's object, or Anthropic's own as LiteLLM's users send it. */
function decodeReasoning(body: RequestObject): Reasoning | null {
  const thinking = body.optionalObject('thinking');
  const detailed = body.optionalObject('reasoning');
  const word = body.optionalString('reasoning_effort') ?? detailed?.optionalString('effort') ?? null;
  const budgetTokens =
    thinking?.optionalInteger('budget_tokens', 1, OUTPUT_TOKENS_MAX) ??
    detailed?.optionalInteger('max_tokens', 1, OUTPUT_TOKENS_MAX) ??
    null;
  const type = thinking?.optionalString('type') ?? null;
  if (word === null && budgetTokens === null && type === null) return null;
  return {
    effort: type === 'disabled' ? 'none' : (EFFORTS.find((known) => known === word) ?? null),
    budgetTokens,
    isAdaptive: type === 'adaptive',
    isShown: null,
  };
}
