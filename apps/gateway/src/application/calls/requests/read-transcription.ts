import { usageFromOpenAi, type Usage } from '@ao/pricing';
import type { InboundCall } from '../call.js';
import { FormRequest } from './form-request.js';
import { formFacts } from './read-job.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';
import { secondsMax, secondsUsual } from './sound-length.js';

/** `POST /v1/audio/transcriptions` and `/v1/audio/translations`: billed by the length of the sound, or by its tokens. */
export function readTranscription(
  call: InboundCall,
  endpoint: 'audio/transcriptions' | 'audio/translations',
  limits: RequestLimits,
): RequestFacts {
  const form = new FormRequest(call);
  const model = form.model(limits);
  form.refuseStream();
  const files = form.files('file');
  const sum = (lengthOf: (file: Buffer) => number): number => files.reduce((total, file) => total + lengthOf(file), 0);
  return {
    ...formFacts(form, {
      endpoint,
      model,
      texts: [form.text('prompt') ?? ''],
      assumedUsage: { inputSeconds: sum(secondsUsual) },
      unitsMax: { inputSeconds: sum(secondsMax) },
      readUsage,
    }),
    generates: true,
    unmeasuredInput: () => true,
  };
}

/** Tokens or seconds; with a detailed answer, only the length. */
function readUsage({ usage, duration }: Readonly<Record<string, unknown>>): Usage | null {
  return usageFromOpenAi(usage) ?? usageFromOpenAi({ type: 'duration', seconds: Number(duration ?? Number.NaN) });
}
