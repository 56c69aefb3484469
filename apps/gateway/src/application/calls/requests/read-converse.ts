import { AppError } from '@ao/kernel';
import { boundPromptTokens, guessTokens, meterText } from '@ao/tokens';
import { forwardConverse, parseBody } from '@ao/wire';
import { STANDARD_SERVICE, type RequestFacts, type RequestLimits } from './request-facts.js';

type Json = Readonly<Record<string, unknown>>;

/** `POST /model/{model}/converse` and `converse-stream` of Amazon Bedrock, in its own form. */
export function readConverse(
  body: Buffer,
  { model, stream }: { model: string; stream: boolean },
  { modelLengthMax }: RequestLimits,
): RequestFacts {
  if (model.length > modelLengthMax) {
    throw new AppError('invalid_parameter', `'model' must have at most ${modelLengthMax} characters.`, {
      param: 'model',
    });
  }
  const json = parseBody(body);
  const prompt = measure(json);
  const promptBytes = body.length - prompt.imageBytes;
  return {
    model,
    stream,
    includeUsage: true,
    includeCost: false,
    maxOutputTokens: maxTokensOf(json['inferenceConfig']),
    choices: 1,
    endUserId: null,
    tags: [],
    generates: true,
    predictedTokensBound: 0,
    unmeasuredInput: () => prompt.hasUnmeasured,
    mediaOutput: false,
    assumedUsage: {},
    unitsMax: {},
    serviceTiers: 'serviceTier' in json || 'performanceConfig' in json ? 'any' : STANDARD_SERVICE,
    dropParams: false,
    promptTokensBound: (name) =>
      boundPromptTokens(promptBytes, {
        messages: prompt.messages,
        images: prompt.images,
        tools: 'toolConfig' in json ? 1 : 0,
        model: name,
      }),
    promptTokensGuess: guessTokens(promptBytes),
    countPrompt: (name) => meterText(name, JSON.stringify(json, withoutBytes)).tokens,
    exchange: () => forwardConverse(body),
  };
}

function maxTokensOf(inference: unknown): number | null {
  const limit = isObject(inference) ? inference['maxTokens'] : undefined;
  if (limit === undefined || limit === null) return null;
  if (Number.isSafeInteger(limit) && (limit as number) > 0) return limit as number;
  throw new AppError('invalid_parameter', "'inferenceConfig.maxTokens' must be a whole number above 0.", {
    param: 'inferenceConfig.maxTokens',
  });
}

interface PromptMeasure {
  messages: number;
  images: number;
  /** Base64 that is no text to the model. */
  imageBytes: number;
  hasUnmeasured: boolean;
}

function measure(json: Json): PromptMeasure {
  const measured: PromptMeasure = { messages: 0, images: 0, imageBytes: 0, hasUnmeasured: false };
  for (const field of ['messages', 'system']) {
    const list = json[field];
    if (!Array.isArray(list)) continue;
    measured.messages += list.length;
    add(measured, list);
  }
  return measured;
}

/** Fields that bring more into the prompt than the body shows. */
const UNMEASURED = ['document', 'video', 'audio', 's3Location', 'systemTool'];

function add(measured: PromptMeasure, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) add(measured, item);
  if (!isObject(value)) return;
  if (UNMEASURED.some((field) => field in value)) measured.hasUnmeasured = true;
  const { image } = value;
  if (isObject(image)) {
    measured.images += 1;
    const source = image['source'];
    if (isObject(source) && typeof source['bytes'] === 'string') measured.imageBytes += source['bytes'].length;
  }
  for (const inner of Object.values(value)) add(measured, inner);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const withoutBytes = (name: string, value: unknown): unknown => (name === 'bytes' ? undefined : value);
