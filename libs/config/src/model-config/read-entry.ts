import { KIND_SETTINGS } from '@ao/providers/kinds';
import { warnOfUnsupported } from '../unsupported.js';
import { withCredential, type Credentials } from './credentials.js';
import { PARAMS_KEYS, SUPPORTED_KEYS, type ModelEntry } from './file-schema.js';
import type { ConfigDeployment, ConfigProvider } from './model-config.js';
import { isPriceKey, readPrices } from './prices.js';
import { readProvider } from './read-provider.js';
import { resolveText, type Reading } from './reading.js';
import { splitModel } from './split-model.js';

/** One model of the list; what makes ids unique is the caller's part. */
export interface ReadEntry {
  provider: Omit<ConfigProvider, 'name'>;
  deployment: Omit<ConfigDeployment, 'id'>;
  /** The id that the file itself gives the deployment. */
  givenId: string | null;
  prices: Readonly<Record<string, unknown>> | null;
}

/** What entries have in common. */
export interface Shared {
  credentials: Credentials;
  /** Calls at once of a deployment that says nothing of it. */
  concurrencyMax: number | null;
}

/** Reads one entry of `model_list`; null when it is left out, for reasons that are then in the reading. */
export function readEntry(
  reading: Reading,
  index: number,
  entry: ModelEntry,
  { credentials, concurrencyMax }: Shared,
): ReadEntry | null {
  const entryPath = `model_list[${index}]`;
  const paramsKey = PARAMS_KEYS.find((key) => entry[key] != null)!;
  const path = `${entryPath}.${paramsKey}`;
  const params = withCredential(reading, path, entry[paramsKey]!, credentials);
  const info = entry.model_info ?? {};
  const infoPath = `${entryPath}.model_info`;
  const withoutPrices = (part: object): string[] => Object.keys(part).filter((key) => !isPriceKey(key));
  warnOfUnsupported(reading, { path: entryPath, keys: Object.keys(entry), supported: SUPPORTED_KEYS.entry });
  warnOfUnsupported(reading, { path, keys: withoutPrices(params), supported: SUPPORTED_KEYS.params, hints: HINTS });
  warnOfUnsupported(reading, {
    path: infoPath,
    keys: withoutPrices(info),
    supported: SUPPORTED_KEYS.info,
    hints: HINTS,
  });

  const written = resolveText(reading, `${path}.model`, params.model).value;
  const misfit = written === null ? 'unknown' : wildcardMisfit(entry.model_name, written);
  if (written === null || misfit !== null) {
    reading.warnings.push(`${path}.model: ${misfit}; this model is left out`);
    return null;
  }
  const { vendor, model } = splitModel(written, params.custom_llm_provider);
  if (!model || model.length > 256) {
    reading.problems.push(`${path}.model: must name a model after the provider, such as openai/gpt-4o`);
    return null;
  }
  const pricedAs = KIND_SETTINGS.get(vendor)?.vendor ?? vendor;
  const prices = readPrices(reading, { params: [path, params], info: [infoPath, info], vendor: pricedAs });
  const provider = readProvider(reading, path, params, vendor);
  if (!provider) return null;
  const deployment = {
    modelGroup: entry.model_name,
    providerId: provider.id,
    model,
    region: params.region ?? params.region_name ?? null,
    tags: [...new Set(params.tags)],
    weight: params.weight ?? 1,
    priority: params.priority ?? params.order ?? 0,
    requestsPerMinuteMax: params.rpm ?? null,
    tokensPerMinuteMax: params.tpm ?? null,
    retriesMax: params.max_retries ?? null,
    concurrencyMax: params.max_parallel_requests ?? concurrencyMax,
    timeoutMs: millisecondsOf(params.timeout),
    // LiteLLM's `stream_timeout` is the longest silence of a stream, its beginning included.
    firstTokenMs: millisecondsOf(params.first_token_timeout ?? params.stream_timeout),
    stallMs: millisecondsOf(params.stall_timeout ?? params.stream_timeout),
    continuesAnswers: info.supports_assistant_prefill ?? null,
  };
  return { provider, deployment, givenId: info.id ?? null, prices };
}

/** A star in a model's name stands for what its group's star stood for in the name that a caller asked for. */
function wildcardMisfit(modelGroup: string, model: string): string | null {
  const [inGroup, inModel] = [modelGroup, model].map((name) => name.split('*').length - 1) as [number, number];
  if (inGroup > 1 || inModel > 1) return 'has more than one *';
  return inModel > inGroup ? 'has a * where model_name has none' : null;
}

const millisecondsOf = (seconds: number | null | undefined): number | null =>
  seconds == null ? null : Math.round(seconds * 1_000);

const HINTS: Record<string, string> = {
  mock_response: 'the provider is called; see docs/litellm.md',
  base_model: 'give it its prices, such as input_cost_per_token, where its own name has none',
  access_groups: 'name models at keys',
  cooldown_time: 'set router_settings.cooldown_time',
};
