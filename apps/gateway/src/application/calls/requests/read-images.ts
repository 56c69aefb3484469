import { AppError } from '@ao/kernel';
import { usageFromOpenAi, type Usage } from '@ao/pricing';
import { jobFacts, modelOf, readJob } from './read-job.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

export const IMAGES_MAX = 10;
/** Far more than the largest and finest picture of a model that is billed by tokens. */
const IMAGE_TOKENS_MAX = 16_384;
/** Of a square one of medium fineness, where the provider does not tell. */
const IMAGE_TOKENS_USUAL = 1_056;

/** `POST /v1/images/generations`: billed by the picture or by its tokens, as the price says. */
export function readImages(body: Buffer, limits: RequestLimits): RequestFacts {
  const request = readJob(body);
  const model = modelOf(request, limits);
  if (request.optionalBoolean('stream')) {
    throw new AppError('unsupported_parameter', 'Pictures are not streamed here. Leave out "stream".', {
      param: 'stream',
    });
  }
  const images = request.optionalInteger('n', 1, IMAGES_MAX) ?? 1;
  return jobFacts(body, request, {
    endpoint: 'images/generations',
    model,
    texts: [request.string('prompt')],
    ...imageOutput(images),
  });
}

/** What the facts of a request say of pictures in its answer. @param inputImages Pictures in the request. */
export const imageOutput = (images: number, inputImages = 0) => ({
  assumedUsage: { inputImages, outputImages: images, imageOutputTokens: images * IMAGE_TOKENS_USUAL },
  outputTokensMax: IMAGE_TOKENS_MAX,
  choices: images,
  readUsage: (answer: Readonly<Record<string, unknown>>) => readImageUsage(answer, inputImages),
});

/** What is generated is pictures, also where the provider does not tell its tokens apart. */
function readImageUsage({ usage: json, data }: Readonly<Record<string, unknown>>, inputImages: number): Usage | null {
  const usage = usageFromOpenAi(json);
  if (!usage) return null;
  const outputImages = Array.isArray(data) ? data.length : 0;
  const counted = { ...usage, inputImages, outputImages };
  return usage.imageOutputTokens > 0 ? counted : { ...counted, imageOutputTokens: usage.outputTokens, outputTokens: 0 };
}
