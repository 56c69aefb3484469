import { modelName, type LimitRule, type ModelLimit } from '@ao/contracts';
import { z } from 'zod';

const number = z.int().min(1).max(1_000_000_000_000).nullable().optional();

const rateFields = {
  requests_per_minute_max: number,
  tokens_per_minute_max: number,
  rpm_limit: number,
  tpm_limit: number,
};

/** Limits by our names, and by LiteLLM's. Where both are given, ours count. */
export const limitFields = { ...rateFields, concurrency_max: number, max_parallel_requests: number };
const limitBody = z.object(limitFields);

type LimitNumbers = Pick<LimitRule, 'requestsPerMinuteMax' | 'tokensPerMinuteMax' | 'concurrencyMax'>;

/** What was given; undefined where a number was not. */
export const givenLimits = (
  body: z.output<typeof limitBody>,
): { [Name in keyof LimitNumbers]: number | null | undefined } => ({
  requestsPerMinuteMax: firstGiven(body.requests_per_minute_max, body.rpm_limit),
  tokensPerMinuteMax: firstGiven(body.tokens_per_minute_max, body.tpm_limit),
  concurrencyMax: firstGiven(body.concurrency_max, body.max_parallel_requests),
});

/** The same, with no limit where none was given. */
export function readLimits(body: z.output<typeof limitBody>): LimitNumbers {
  const { requestsPerMinuteMax = null, tokensPerMinuteMax = null, concurrencyMax = null } = givenLimits(body);
  return { requestsPerMinuteMax, tokensPerMinuteMax, concurrencyMax };
}

const firstGiven = <T>(ours: T | undefined, theirs: T | undefined): T | undefined =>
  ours === undefined ? theirs : ours;

const MODELS_MAX = 1_000;
const ofModels = <Value extends z.ZodType>(value: Value) =>
  z
    .record(modelName, value)
    .refine((limits) => Object.keys(limits).length <= MODELS_MAX, `at most ${MODELS_MAX} models`)
    .optional();
const perModel = ofModels(z.int().min(1).max(1_000_000_000_000));

/** Limits of a key on single models: `model_limits`, or LiteLLM's maps of one number for each model. */
export const modelLimitFields = {
  model_limits: ofModels(z.strictObject(rateFields)),
  model_rpm_limit: perModel,
  model_tpm_limit: perModel,
};
const modelLimitBody = z.object(modelLimitFields);

export function readModelLimits(body: z.output<typeof modelLimitBody>): ModelLimit[] {
  const { model_limits: ours = {}, model_rpm_limit: requests = {}, model_tpm_limit: tokens = {} } = body;
  const models = new Set([...Object.keys(ours), ...Object.keys(requests), ...Object.keys(tokens)]);
  return [...models].map((model) => {
    const given = givenLimits(ours[model] ?? {});
    return {
      model,
      requestsPerMinuteMax: firstGiven(given.requestsPerMinuteMax, requests[model]) ?? null,
      tokensPerMinuteMax: firstGiven(given.tokensPerMinuteMax, tokens[model]) ?? null,
    };
  });
}

export const toModelLimitsBody = (limits: readonly ModelLimit[]): Record<string, unknown> =>
  Object.fromEntries(
    limits.map(({ model, requestsPerMinuteMax, tokensPerMinuteMax }) => [
      model,
      { requests_per_minute_max: requestsPerMinuteMax, tokens_per_minute_max: tokensPerMinuteMax },
    ]),
  );
