import { AppError } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import { boundPromptTokens, guessTokens, meterText } from '@ao/tokens';
import { forwardJob, openai, type ForwardedJob, type RequestObject } from '@ao/wire';
import type { FormRequest } from './form-request.js';
import { PLAIN_REQUEST, type RequestFacts, type RequestLimits } from './request-facts.js';

/** A request that is no conversation, as far as it differs from others of the kind. */
interface Job {
  /** The connector's endpoint that takes it. */
  endpoint: string;
  model: string;
  /** The texts that it is billed by, where it is billed by tokens. */
  texts: readonly string[];
  /** Pictures in the prompt. */
  images?: number;
  assumedUsage?: Partial<Usage>;
  /** The most of what is not counted in tokens, where `assumedUsage` is no bound. */
  unitsMax?: Partial<Usage>;
  /** Of one answer, where one is generated that is counted in tokens. */
  outputTokensMax?: number;
  choices?: number;
  readUsage?: ForwardedJob['readUsage'];
}

/** The body of a job. @throws AppError whatever is wrong with its JSON. */
export const readJob = openai.readObject;

/** @throws AppError `missing_required_parameter`, `invalid_parameter`. */
export function modelOf(request: RequestObject, { modelLengthMax }: RequestLimits): string {
  const model = request.string('model');
  if (model === '') request.missing('model');
  if (model.length > modelLengthMax) throw request.invalid('model', `must have at most ${modelLengthMax} characters`);
  return model;
}

/** The facts of a JSON request that is forwarded but for the name of its model and for what is ours to fulfil. */
export function jobFacts(body: Buffer, request: RequestObject, job: Job): RequestFacts {
  return {
    ...factsOf(job, (model) => ({ body: openai.forProvider(body, request.json, changedModel(request, model)) })),
    endUserId: request.optionalString('user'),
    wishes: openai.readParsedWishes(request.json, job.model),
  };
}

/** The same of a form. */
export function formFacts(form: FormRequest, job: Job): RequestFacts {
  const encode = (model: string) => ({ body: form.withModel(model), contentType: form.contentType });
  return { ...factsOf(job, encode), endUserId: form.text('user') };
}

function factsOf(
  job: Job,
  encode: (model: string) => Pick<ForwardedJob, 'body' | 'contentType'>,
): Omit<RequestFacts, 'endUserId'> {
  const { endpoint, model, texts, images = 0, assumedUsage = {}, unitsMax = {}, outputTokensMax } = job;
  const { choices = 1, readUsage } = job;
  const textBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return {
    ...PLAIN_REQUEST,
    model,
    maxOutputTokens: outputTokensMax ?? null,
    choices,
    generates: outputTokensMax !== undefined,
    mediaOutput: outputTokensMax !== undefined,
    assumedUsage,
    unitsMax: { ...assumedUsage, ...unitsMax },
    promptTokensBound: (named) => boundPromptTokens(textBytes, { messages: texts.length, images, model: named }),
    promptTokensGuess: guessTokens(textBytes),
    countPrompt: (named) => texts.reduce((sum, text) => sum + meterText(named, text).tokens, 0),
    exchange: ({ protocols, model: named, direct }) => {
      if (!protocols.endpoints.has(endpoint)) throw notOffered(endpoint);
      return forwardJob({ endpoint, ...encode(direct ? model : named), ...(readUsage && { readUsage }) });
    },
  };
}

const changedModel = (request: RequestObject, model: string): { model?: string } =>
  request.json['model'] === model ? {} : { model };

const notOffered = (endpoint: string): AppError =>
  new AppError('unsupported_parameter', `The provider of this model has no ${endpoint}. Choose another model.`, {
    param: 'model',
  });
