import { AppError } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import { boundPromptTokens, guessTokens, meterText } from '@ao/tokens';
import { forwardJob, locateFields, openai, replaceFields, type ForwardedJob, type RequestObject } from '@ao/wire';
import { STANDARD_SERVICE, type RequestFacts, type RequestLimits } from './request-facts.js';

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

/** The facts of a request that is forwarded but for the name of its model. */
export function jobFacts(body: Buffer, request: RequestObject, job: Job): RequestFacts {
  const { endpoint, model, texts, images = 0, assumedUsage = {}, outputTokensMax, choices = 1, readUsage } = job;
  const textBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return {
    model,
    stream: false,
    includeUsage: false,
    includeCost: false,
    maxOutputTokens: outputTokensMax ?? null,
    choices,
    endUserId: request.optionalString('user'),
    tags: [],
    generates: outputTokensMax !== undefined,
    predictedTokensBound: 0,
    unmeasuredInput: () => false,
    mediaOutput: outputTokensMax !== undefined,
    assumedUsage,
    serviceTiers: STANDARD_SERVICE,
    dropParams: false,
    promptTokensBound: (named) => boundPromptTokens(textBytes, { messages: texts.length, images, model: named }),
    promptTokensGuess: guessTokens(textBytes),
    countPrompt: (named) => texts.reduce((sum, text) => sum + meterText(named, text).tokens, 0),
    exchange: ({ protocols, model: named, direct }) => {
      if (!protocols.endpoints.has(endpoint)) throw notOffered(endpoint);
      const forwarded = direct ? body : rename(body, request, named);
      return forwardJob({ endpoint, body: forwarded, ...(readUsage && { readUsage }) });
    },
  };
}

/** The same body for another model, every other byte as it was. */
function rename(body: Buffer, request: RequestObject, model: string): Buffer {
  const fields = request.json['model'] === model ? null : locateFields(body);
  return fields ? replaceFields(body, fields, { model }) : body;
}

const notOffered = (endpoint: string): AppError =>
  new AppError('unsupported_parameter', `The provider of this model has no ${endpoint}. Choose another model.`, {
    param: 'model',
  });
