import { AppError } from '@ao/kernel';
import type { ConversationRequest, OutputFormat, Reasoning } from '../canonical/index.js';
import { RequestObject } from '../json-object.js';
import { decodeItems } from './decode-items.js';
import { decodeToolChoice, decodeTools } from './tools.js';

const OUTPUT_TOKENS_MAX = 1_000_000_000;
const LOGPROBS = 'message.output_text.logprobs';
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
/** What stands for content that is kept elsewhere, and may be another tenant's there. */
const REFERENCES = ['previous_response_id', 'conversation'];
/** Fields that change what comes back, and that only OpenAI can honour. */
const OPENAI_ONLY = ['prompt', 'context_management', 'moderation'];

/**
 * Reads the body of `POST /v1/responses` for a provider of another protocol. What `previous_response_id` stands for is to
 * be in `input` by then. Hints go silently: how OpenAI caches, stores, labels, truncates, words or bills the answer
 * changes nothing that was asked for (`store`, `metadata`, `prompt_cache_key`, `service_tier`, `truncation`,
 * `text.verbosity`, `include`, `stream_options`, `max_tool_calls`, which counts tools that OpenAI runs).
 * @throws AppError `missing_required_parameter`, `invalid_parameter`, `unsupported_parameter`.
 */
export function decodeRequest(json: unknown): ConversationRequest {
  const body = RequestObject.of(json);
  const model = body.string('model');
  for (const key of REFERENCES) if (body.has(key)) throw unresolved(key);
  const { tools, inexpressible } = decodeTools(body);
  const choice = decodeToolChoice(body, tools);
  const { system, messages, inexpressible: foreign } = decodeItems(body);
  if (!body.has('input') && !body.has('prompt')) body.missing('input');
  return {
    model,
    system,
    messages,
    tools: choice.tools,
    toolChoice: choice.toolChoice,
    parallelToolCalls: body.optionalBoolean('parallel_tool_calls'),
    maxOutputTokens: body.optionalInteger('max_output_tokens', 1, OUTPUT_TOKENS_MAX),
    temperature: body.optionalNumber('temperature', 0, 2),
    topP: body.optionalNumber('top_p', 0, 1),
    topK: null,
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
    stop: [],
    choices: 1,
    topLogprobs: decodeLogprobs(body),
    logitBias: null,
    outputFormat: decodeFormat(body),
    reasoning: decodeReasoning(body),
    stream: body.optionalBoolean('stream') ?? false,
    user: body.optionalString('safety_identifier') ?? body.optionalString('user'),
    inexpressible: [
      ...foreign,
      ...inexpressible,
      ...choice.inexpressible,
      ...OPENAI_ONLY.filter((key) => body.has(key)),
    ],
  };
}

function unresolved(param: string): AppError {
  return new AppError(
    'unsupported_parameter',
    `'${param}' cannot be looked up here. Give what it stands for in 'input'.`,
    { param },
  );
}

function decodeLogprobs(body: RequestObject): number | null {
  const top = body.optionalInteger('top_logprobs', 0, 20);
  return body.strings('include').includes(LOGPROBS) ? (top ?? 0) : top || null;
}

function decodeFormat(body: RequestObject): OutputFormat {
  const format = body.optionalObject('text')?.optionalObject('format') ?? null;
  switch (format?.string('type')) {
    case 'json_schema': {
      const schema = format.optionalObject('schema') ?? format.missing('schema');
      const strict = format.optionalBoolean('strict');
      return { kind: 'schema', name: format.optionalString('name') ?? 'answer', schema: schema.json, strict };
    }
    case 'json_object':
      return { kind: 'json' };
    default:
      return { kind: 'text' };
  }
}

function decodeReasoning(body: RequestObject): Reasoning | null {
  const reasoning = body.optionalObject('reasoning');
  const word = reasoning?.optionalString('effort') ?? null;
  // A wish to see thoughts does not make a model think that otherwise would not.
  if (word === null) return null;
  const isShown = reasoning!.has('summary') || reasoning!.has('generate_summary') ? true : null;
  return { effort: EFFORTS.find((known) => known === word) ?? null, budgetTokens: null, isAdaptive: false, isShown };
}
