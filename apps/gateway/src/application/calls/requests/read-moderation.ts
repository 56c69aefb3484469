import { usageFromOpenAi } from '@ao/pricing';
import type { RequestObject } from '@ao/wire';
import { jobFacts, modelOf, readJob } from './read-job.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/** OpenAI's own default. */
const MODEL = 'omni-moderation-latest';

/** `POST /v1/moderations`: texts and pictures that are to be judged. */
export function readModeration(body: Buffer, limits: RequestLimits): RequestFacts {
  const request = readJob(body);
  return jobFacts(body, request, {
    endpoint: 'moderations',
    model: request.has('model') ? modelOf(request, limits) : MODEL,
    ...readInput(request, limits),
    readUsage: ({ usage }) => usageFromOpenAi(usage),
  });
}

function readInput(request: RequestObject, { inputsMax }: RequestLimits): { texts: string[]; images: number } {
  if (!request.has('input')) request.missing('input');
  const items = [request.json['input']].flat();
  if (inputsMax !== null && items.length > inputsMax) {
    throw request.invalid('input', `must have at most ${inputsMax} items`);
  }
  const texts: string[] = [];
  let images = 0;
  for (const item of items) {
    if (typeof item === 'string') texts.push(item);
    else if (hasText(item)) texts.push(item.text);
    else if (isImage(item)) images += 1;
    else throw request.invalid('input', 'must be a string, an array of strings, or an array of texts and image_urls');
  }
  return { texts, images };
}

const hasText = (item: unknown): item is { text: string } =>
  typeof item === 'object' && item !== null && typeof (item as { text?: unknown }).text === 'string';

const isImage = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && (item as { type?: unknown }).type === 'image_url';
