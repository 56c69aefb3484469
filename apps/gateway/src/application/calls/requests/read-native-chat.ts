import { AppError } from '@ao/kernel';
import { boundPromptTokens, guessTokens, meterText } from '@ao/tokens';
import { forwardCohere, forwardConverse, isObject, parseBody, type Exchange } from '@ao/wire';
import { PLAIN_REQUEST, STANDARD_SERVICE, type RequestFacts, type RequestLimits } from './request-facts.js';

type Json = Readonly<Record<string, unknown>>;

/** `POST /model/{model}/converse` and `converse-stream` of Amazon Bedrock, in its own form. */
export function readConverse(
  body: Buffer,
  inPath: { model: string; stream: boolean },
  limits: RequestLimits,
): RequestFacts {
  const json = parseBody(body);
  const inference = json['inferenceConfig'];
  const limit = isObject(inference) ? inference['maxTokens'] : undefined;
  const maxOutputTokens = limitOf(limit, 'inferenceConfig.maxTokens');
  return factsOf({ body, json, ...inPath, maxOutputTokens, exchange: () => forwardConverse(body) }, limits);
}

/** `POST /v2/chat` of Cohere, in its own form. */
export function readCohereChat(body: Buffer, limits: RequestLimits): RequestFacts {
  const json = parseBody(body);
  const { model, stream = false } = json;
  if (typeof model !== 'string' || model === '') {
    throw new AppError('missing_required_parameter', "Set 'model'.", { param: 'model' });
  }
  if (typeof stream !== 'boolean') {
    throw new AppError('invalid_parameter', "'stream' must be true or false.", { param: 'stream' });
  }
  const maxOutputTokens = limitOf(json['max_tokens'], 'max_tokens');
  return factsOf({ body, json, model, stream, maxOutputTokens, exchange: () => forwardCohere(body) }, limits);
}

interface NativeChat {
  body: Buffer;
  json: Json;
  model: string;
  stream: boolean;
  maxOutputTokens: number | null;
  exchange: () => Exchange;
}

function factsOf(
  { body, json, model, stream, maxOutputTokens, exchange }: NativeChat,
  { modelLengthMax }: RequestLimits,
): RequestFacts {
  if (model.length > modelLengthMax) {
    throw new AppError('invalid_parameter', `'model' must have at most ${modelLengthMax} characters.`, {
      param: 'model',
    });
  }
  const prompt = measure(json);
  const promptBytes = body.length - prompt.imageBytes;
  return {
    ...PLAIN_REQUEST,
    model,
    stream,
    includeUsage: true,
    maxOutputTokens,
    unmeasuredInput: () => prompt.hasUnmeasured,
    serviceTiers: 'serviceTier' in json || 'performanceConfig' in json ? 'any' : STANDARD_SERVICE,
    promptTokensBound: (name) =>
      boundPromptTokens(promptBytes, {
        messages: prompt.messages,
        images: prompt.images,
        tools: 'toolConfig' in json || 'tools' in json ? 1 : 0,
        model: name,
      }),
    promptTokensGuess: guessTokens(promptBytes),
    countPrompt: (name) => meterText(name, JSON.stringify(json, withoutBytes)).tokens,
    exchange,
  };
}

function limitOf(limit: unknown, param: string): number | null {
  if (limit === undefined || limit === null) return null;
  if (Number.isSafeInteger(limit) && (limit as number) > 0) return limit as number;
  throw new AppError('invalid_parameter', `'${param}' must be a whole number above 0.`, { param });
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
  const { image, image_url: linked } = value;
  if (isObject(linked) && typeof linked['url'] === 'string') {
    measured.images += 1;
    if (linked['url'].startsWith('data:')) measured.imageBytes += linked['url'].length;
  }
  if (isObject(image)) {
    measured.images += 1;
    const source = image['source'];
    if (isObject(source) && typeof source['bytes'] === 'string') measured.imageBytes += source['bytes'].length;
  }
  for (const inner of Object.values(value)) add(measured, inner);
}

const withoutBytes = (name: string, value: unknown): unknown =>
  name === 'bytes' || name === 'url' ? undefined : value;
