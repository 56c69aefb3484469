import type { InboundCall } from '../call.js';
import { FormRequest } from './form-request.js';
import { IMAGES_MAX, imageOutput } from './read-images.js';
import { formFacts } from './read-job.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/** `POST /v1/images/edits` and `/v1/images/variations`: pictures made of pictures. */
export function readImageEdit(
  call: InboundCall,
  endpoint: 'images/edits' | 'images/variations',
  limits: RequestLimits,
): RequestFacts {
  const form = new FormRequest(call);
  const model = form.model(limits);
  form.refuseStream();
  const prompt = endpoint === 'images/edits' ? form.required('prompt') : '';
  const pictures = form.files('image').length;
  return formFacts(form, {
    endpoint,
    model,
    texts: [prompt],
    // A mask is one more.
    images: pictures + 1,
    ...imageOutput(form.integer('n', 1, IMAGES_MAX) ?? 1, pictures),
  });
}
