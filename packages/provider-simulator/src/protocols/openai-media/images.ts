import { estimateTokens } from '../../answers/tokens.js';
import type { Fields } from '../fields.js';
import { checkInteger, invalidValue, missing, optionalNumber, readModel, wrongType } from '../openai/validate.js';
import { errorJson } from '../openai/errors.js';
import type { AnswerContext, Call, DecodedCall, RefusedCall, StreamReply } from '../protocol.js';
import { answerWith, jsonReply, secondsOf, serverEvent } from '../replies.js';
import { DEMO_PNG } from './demo-media.js';
import { filesOf, typedFields } from './form-fields.js';

/** OpenAI's own limits. */
const IMAGES_MAX = 10;
const PARTIAL_IMAGES_MAX = 3;
/** Of a square image of medium quality; an input image counts a little less. */
const OUTPUT_TOKENS_PER_IMAGE = 1056;
const INPUT_TOKENS_PER_IMAGE = 323;
/** The only models that may leave out the name of a model are the oldest. */
const MODEL_DEFAULT = 'dall-e-2';

interface ImageRequest {
  readonly fields: Fields;
  readonly prompt: string;
  readonly inputImages: number;
  /** What the events of a stream begin with. */
  readonly eventPrefix: string;
}

/** `POST /v1/images/generations`. */
export function createImages(call: Call): DecodedCall | RefusedCall {
  return readImages(call, 'image_generation', 'prompt');
}

/** `POST /v1/images/edits`, a form. */
export function editImages(call: Call): DecodedCall | RefusedCall {
  return readImages(call, 'image_edit', 'prompt', 'image');
}

/** `POST /v1/images/variations`, a form. */
export function varyImages(call: Call): DecodedCall | RefusedCall {
  return readImages(call, 'image_variation', undefined, 'image');
}

/** `GET /v1/images/demo.png`: what the URLs of images point to. */
export function showDemoImage(): DecodedCall {
  return answerWith(() => ({ kind: 'whole', status: 200, contentType: 'image/png', body: DEMO_PNG }));
}

function readImages(
  call: Call,
  eventPrefix: string,
  promptName?: string,
  fileName?: string,
): DecodedCall | RefusedCall {
  const read = readModel({ model: MODEL_DEFAULT, ...(call.body as object | undefined) });
  if (read.kind === 'refused') return read;
  const fields = fileName === undefined ? read.fields : typedFields(read.fields);
  const files = fileName === undefined ? [] : filesOf(read.fields, fileName);
  if ('kind' in files) return files;
  const prompt = promptName === undefined ? '' : read.fields[promptName];
  if (prompt === undefined) return missing('prompt');
  if (typeof prompt !== 'string') return wrongType('prompt', 'a string', prompt);
  const refusal =
    checkInteger(fields, 'n', 1, IMAGES_MAX) ??
    checkInteger(fields, 'partial_images', 0, PARTIAL_IMAGES_MAX) ??
    checkFormat(fields['response_format']);
  if (refusal !== undefined) return refusal;
  const request: ImageRequest = { fields, prompt, inputImages: files.length, eventPrefix };
  const stream = fields['stream'] === true;
  return answerWith(
    (context) => (stream ? encodeStream(request, context) : encode(request, context, call)),
    read.model,
  );
}

function checkFormat(format: unknown): RefusedCall | undefined {
  if (format === undefined || format === null || format === 'url' || format === 'b64_json') return undefined;
  return invalidValue('response_format', "expected 'url' or 'b64_json'.");
}

function encodeUsage({ prompt, fields, inputImages }: ImageRequest, { behaviour }: AnswerContext): object {
  const imageTokens = inputImages * INPUT_TOKENS_PER_IMAGE;
  const inputTokens = behaviour.inputTokens ?? estimateTokens(prompt.length) + imageTokens;
  const outputTokens = behaviour.outputTokens ?? OUTPUT_TOKENS_PER_IMAGE * (optionalNumber(fields, 'n') ?? 1);
  return {
    input_tokens: inputTokens,
    input_tokens_details: { text_tokens: Math.max(0, inputTokens - imageTokens), image_tokens: imageTokens },
    output_tokens: outputTokens,
    output_tokens_details: { text_tokens: 0, image_tokens: outputTokens },
    total_tokens: inputTokens + outputTokens,
  };
}

/** The fields that the newer models repeat. */
function describe(fields: Fields): object {
  const { background = 'opaque', output_format = 'png', quality = 'medium', size = '1024x1024' } = fields;
  return { background, output_format, quality, size };
}

/** `dall-e` models give URLs unless told otherwise and no usage; all others give bytes and their usage. */
function encode(request: ImageRequest, context: AnswerContext, call: Call) {
  const { fields, prompt } = request;
  const older = context.model.startsWith('dall-e');
  const asUrl = (fields['response_format'] ?? (older ? 'url' : 'b64_json')) === 'url';
  const image = asUrl
    ? { url: `http://${call.headers.host ?? 'localhost'}/v1/images/demo.png` }
    : { b64_json: Buffer.from(DEMO_PNG).toString('base64') };
  const revised = context.model === 'dall-e-3' ? { revised_prompt: prompt } : {};
  const data = Array.from({ length: optionalNumber(fields, 'n') ?? 1 }, () => ({ ...image, ...revised }));
  const created = secondsOf(context);
  if (older) return jsonReply({ created, data });
  const usage = context.behaviour.usage ? encodeUsage(request, context) : undefined;
  return jsonReply({ created, data, ...describe(fields), usage });
}

function encodeStream(request: ImageRequest, context: AnswerContext): StreamReply {
  const { fields, eventPrefix } = request;
  const image = {
    b64_json: Buffer.from(DEMO_PNG).toString('base64'),
    created_at: secondsOf(context),
    ...describe(fields),
  };
  const usage = context.behaviour.usage ? encodeUsage(request, context) : undefined;
  return {
    kind: 'stream',
    contentType: 'text/event-stream; charset=utf-8',
    open: '',
    tokenCount: optionalNumber(fields, 'partial_images') ?? 0,
    token: (index) => serverEvent(`${eventPrefix}.partial_image`, { ...image, partial_image_index: index }),
    close: context.behaviour.endMarker ? serverEvent(`${eventPrefix}.completed`, { ...image, usage }) : '',
    malformed: `event: ${eventPrefix}.partial_image\ndata: {"b64_json":"brok\n\n`,
    error: `event: error\ndata: ${errorJson({ kind: 'internal', model: context.model })}\n\n`,
  };
}
