import type { ConversationRequest, OutputFormat, Reasoning, Tool, ToolChoice } from '../canonical/index.js';
import { RequestObject } from '../json-object.js';
import { decodeContents, many, textsOf } from './decode-content.js';
import { withJsonNames } from './json-names.js';
import { fromGoogleSchema } from './schema.js';

const OUTPUT_TOKENS_MAX = 1_000_000_000;
const CANDIDATES_MAX = 128;
const EFFORTS = ['minimal', 'low', 'medium', 'high'] as const;
/** Fields that change what comes back, and that only Google can honour. */
const GOOGLE_ONLY = ['safetySettings', 'cachedContent', 'labels', 'serviceTier', 'modelArmorConfig'];
const GOOGLE_ONLY_TOOL_CONFIG = ['retrievalConfig', 'includeServerSideToolInvocations'];
const GOOGLE_ONLY_GENERATION = [
  'speechConfig',
  'imageConfig',
  'mediaResolution',
  'audioTimestamp',
  'audioTranscriptionConfig',
  'translationConfig',
  'routingConfig',
  'modelSelectionConfig',
  'modelConfig',
  'responseFormat',
  'enableAffectiveDialog',
  'enableEnhancedCivicAnswers',
];

/**
 * Reads the body of `generateContent`, in which the caller has put what stands in Google's address: `model` and `stream`.
 * Names may be spelled `maxOutputTokens` or `max_output_tokens`.
 * @throws AppError `missing_required_parameter`, `invalid_parameter`.
 */
export function decodeRequest(json: unknown): ConversationRequest {
  const body = RequestObject.of(withJsonNames(RequestObject.of(json).json));
  const model = body.string('model');
  if (many(body, 'contents').length === 0) body.missing('contents');
  const system = body.optionalObject('systemInstruction');
  const config = body.optionalObject('generationConfig') ?? RequestObject.of({}, 'generationConfig');
  const { messages, inexpressible } = decodeContents(body);
  return {
    model,
    system: system ? textsOf(system) : [],
    messages,
    ...decodeTools(body),
    parallelToolCalls: null,
    ...decodeSampling(config),
    outputFormat: decodeFormat(config),
    reasoning: decodeReasoning(config.optionalObject('thinkingConfig')),
    stream: body.optionalBoolean('stream') ?? false,
    user: null,
    inexpressible: [...inexpressible, ...googleOnly(body, config)],
  };
}

function decodeSampling(config: RequestObject) {
  return {
    maxOutputTokens: config.optionalInteger('maxOutputTokens', 1, OUTPUT_TOKENS_MAX),
    temperature: config.optionalNumber('temperature', 0, 2),
    topP: config.optionalNumber('topP', 0, 1),
    topK: config.optionalInteger('topK', 0, 1_000_000),
    seed: config.optionalNumber('seed'),
    frequencyPenalty: config.optionalNumber('frequencyPenalty', -2, 2) || null,
    presencePenalty: config.optionalNumber('presencePenalty', -2, 2) || null,
    stop: config.strings('stopSequences'),
    choices: config.optionalInteger('candidateCount', 1, CANDIDATES_MAX) ?? 1,
    topLogprobs: config.optionalBoolean('responseLogprobs') ? (config.optionalInteger('logprobs', 0, 20) ?? 0) : null,
    logitBias: null,
  };
}

/** The functions that the model may call; of a list of allowed ones, only those. */
function decodeTools(body: RequestObject): { tools: Tool[]; toolChoice: ToolChoice | null } {
  const tools = many(body, 'tools').flatMap((tool) => many(tool, 'functionDeclarations').map(decodeTool));
  const calling = body.optionalObject('toolConfig')?.optionalObject('functionCallingConfig') ?? null;
  if (calling === null) return { tools, toolChoice: null };
  const allowed = calling.strings('allowedFunctionNames');
  const kept = allowed.length === 0 ? tools : tools.filter(({ name }) => allowed.includes(name));
  return { tools: kept, toolChoice: decodeToolChoice(calling, allowed) };
}

function decodeToolChoice(calling: RequestObject, allowed: readonly string[]): ToolChoice | null {
  const mode = calling.optionalString('mode');
  switch (mode) {
    case null:
    case 'MODE_UNSPECIFIED':
      return null;
    case 'AUTO':
    case 'VALIDATED':
      return { kind: 'auto' };
    case 'NONE':
      return { kind: 'none' };
    case 'ANY':
      return allowed.length === 1 ? { kind: 'tool', name: allowed[0]! } : { kind: 'required' };
    default:
      throw calling.invalid('mode', 'must be AUTO, ANY, NONE or VALIDATED');
  }
}

function decodeTool(declaration: RequestObject): Tool {
  const schema = declaration.optionalObject('parameters');
  const jsonSchema = declaration.optionalObject('parametersJsonSchema');
  return {
    name: declaration.string('name'),
    description: declaration.optionalString('description'),
    parameters: jsonSchema?.json ?? (schema && fromGoogleSchema(schema.json)),
    strict: null,
  };
}

function decodeFormat(config: RequestObject): OutputFormat {
  const mediaType = config.optionalString('responseMimeType');
  const schema = config.optionalObject('responseSchema');
  const jsonSchema = config.optionalObject('responseJsonSchema');
  if (mediaType !== 'application/json') return { kind: 'text' };
  if (schema === null && jsonSchema === null) return { kind: 'json' };
  return { kind: 'schema', name: 'answer', schema: jsonSchema?.json ?? fromGoogleSchema(schema!.json), strict: null };
}

/** Google hides thoughts unless told otherwise; a budget of -1 leaves their length to the model. */
function decodeReasoning(thinking: RequestObject | null): Reasoning | null {
  if (thinking === null) return null;
  const budget = thinking.optionalInteger('thinkingBudget', -1, OUTPUT_TOKENS_MAX);
  const level = thinking.optionalString('thinkingLevel')?.toLowerCase();
  return {
    effort: budget === 0 ? 'none' : (EFFORTS.find((known) => known === level) ?? null),
    budgetTokens: budget !== null && budget > 0 ? budget : null,
    isAdaptive: budget === -1,
    isShown: thinking.optionalBoolean('includeThoughts') ?? false,
  };
}

function googleOnly(body: RequestObject, config: RequestObject): string[] {
  const toolConfig = body.optionalObject('toolConfig');
  const ownTools = many(body, 'tools').flatMap((tool) => Object.keys(tool.json).filter((kind) => tool.has(kind)));
  const mediaType = config.optionalString('responseMimeType') ?? 'text/plain';
  const modalities = config.strings('responseModalities');
  return [
    ...ownTools.filter((kind) => kind !== 'functionDeclarations').map((kind) => `tools (${kind})`),
    ...GOOGLE_ONLY.filter((key) => body.has(key)),
    ...GOOGLE_ONLY_TOOL_CONFIG.filter((key) => toolConfig?.has(key)),
    ...GOOGLE_ONLY_GENERATION.filter((key) => config.has(key)),
    ...(modalities.some((kind) => kind.toUpperCase() !== 'TEXT') ? ['responseModalities'] : []),
    ...(mediaType === 'text/plain' || mediaType === 'application/json' ? [] : ['responseMimeType']),
  ];
}
