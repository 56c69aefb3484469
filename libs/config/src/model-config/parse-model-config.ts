import type { Environment } from './environment-reference.js';
import type { ConfigDeployment, ConfigPrice, ConfigProvider, ModelConfig } from './model-config.js';
import { readCredentials } from './credentials.js';
import type { ModelConfigFile } from './file-schema.js';
import { readCache } from './read-cache.js';
import { readRouter } from './read-router.js';
import { expandCatchAll } from './expand-catch-all.js';
import { readEntry, type ReadEntry } from './read-entry.js';
import { readPassThrough } from './read-pass-through.js';
import { readAdminKey, readAliases, warnOfSettings } from './read-settings.js';
import { problemsOf, readYaml } from './read-yaml.js';
import type { Reading } from './reading.js';
import { stableId } from './stable-id.js';

/**
 * Reads an AO_CONFIG file, in the shape of LiteLLM's `config.yaml` (https://docs.litellm.ai/docs/proxy/configs).
 * @param environment where `os.environ/NAME` is looked up; it wins over the file's own `environment_variables`.
 * @returns the models, with a warning for each thing that the file asks for and the platform does not do.
 * @throws StartupError that lists every mistake at once.
 */
export function parseModelConfig(text: string, environment: Environment): ModelConfig {
  const file = readYaml(text);
  const reading: Reading = {
    environment: { ...file.environment_variables, ...environment },
    problems: [],
    warnings: [],
  };
  warnOfSettings(reading, file);
  const router = readRouter(reading, file);
  const shared = { credentials: readCredentials(reading, file), concurrencyMax: defaultConcurrencyOf(file) };
  const entries = (file.model_list ?? []).flatMap((entry, index) =>
    expandCatchAll(entry, file, reading).flatMap((one) => readEntry(reading, index, one, shared) ?? []),
  );
  const aliases = readAliases(reading, file);
  const routes = (file.general_settings?.pass_through_endpoints ?? []).flatMap(
    (entry, index) => readPassThrough(reading, index, entry) ?? [],
  );
  const { deployments, prices } = identify(entries, reading);
  const [cache, adminKey] = [readCache(reading, file.litellm_settings), readAdminKey(reading, file)];
  if (reading.problems.length > 0) throw problemsOf(reading.problems);
  // Two entries that share an endpoint would otherwise say the same thing twice.
  const warnings = [...new Set(reading.warnings)];
  return {
    providers: nameProviders(entries),
    deployments,
    aliases,
    prices: [...prices, ...routes.flatMap(({ price }) => price ?? [])],
    passThroughs: routes.map(({ passThrough }) => passThrough),
    router,
    cache,
    adminKey,
    warnings,
  };
}

/** LiteLLM has it in two places; 0 there says that there is no limit. */
const defaultConcurrencyOf = ({ router_settings: router, general_settings: general }: ModelConfigFile): number | null =>
  (router?.default_max_parallel_requests ?? general?.max_parallel_requests) || null;

function identify(entries: ReadEntry[], reading: Reading): { deployments: ConfigDeployment[]; prices: ConfigPrice[] } {
  const deployments: ConfigDeployment[] = [];
  const prices: ConfigPrice[] = [];
  const seen = new Map<string, number>();
  for (const { provider, deployment, givenId, prices: info } of entries) {
    const { modelGroup, model, region } = deployment;
    const content = givenId === null ? [modelGroup, provider.id, model, region] : ['id', givenId];
    const repeats = seen.get(JSON.stringify(content)) ?? 0;
    seen.set(JSON.stringify(content), repeats + 1);
    if (repeats > 0 && givenId !== null) reading.problems.push(`model_info.id: two models have the id ${givenId}`);
    const id = stableId('dep', repeats === 0 ? content : [...content, repeats]);
    deployments.push({ id, ...deployment });
    // What a wildcard costs holds for all that it stands for: calls are priced by its name where no model's own price is known.
    const priced = model.includes('*') ? modelGroup : model;
    if (info) prices.push({ deploymentId: id, vendor: provider.vendor, model: priced, info });
  }
  return { deployments, prices };
}

function nameProviders(entries: ReadEntry[]): ConfigProvider[] {
  const providers = new Map(entries.map(({ provider }) => [provider.id, provider]));
  const count = new Map<string, number>();
  return [...providers.values()].map((provider) => {
    const number = (count.get(provider.vendor) ?? 0) + 1;
    count.set(provider.vendor, number);
    return { ...provider, name: number === 1 ? provider.vendor : `${provider.vendor}-${number}` };
  });
}
