import { KIND_SETTINGS } from '@ao/providers/kinds';
import { PARAMS_KEYS, type ModelConfigFile, type ModelEntry } from './file-schema.js';
import type { Reading } from './reading.js';
import { BARE_NAMES } from './split-model.js';

const ANY = '*';

/**
 * LiteLLM's `model: "*"` stands for every provider, told by the name that a caller asks for. Here each provider whose key
 * is in the environment gets an entry of its own: `groq/*`, and `claude-*` for names that need no prefix.
 */
export function expandCatchAll(entry: ModelEntry, file: ModelConfigFile, { environment }: Reading): ModelEntry[] {
  const key = PARAMS_KEYS.find((name) => entry[name] != null)!;
  const params = entry[key]!;
  const isCatchAll = entry.model_name === ANY && params.model === ANY && params.custom_llm_provider == null;
  if (!isCatchAll || params.api_base != null || params.base_url != null || params.api_key != null) return [entry];
  const known = new Set(file.model_list?.map(({ model_name: name }) => name));
  const kinds = [...KIND_SETTINGS].flatMap(([kind, { baseUrl, keyVariable }]) =>
    baseUrl !== null && keyVariable !== null && environment[keyVariable] ? [kind] : [],
  );
  const names = kinds.flatMap((kind) => [
    [`${kind}/${ANY}`, `${kind}/${ANY}`],
    ...BARE_NAMES.filter(([, vendor]) => vendor === kind).map(([prefix]) => [
      `${prefix}${ANY}`,
      `${kind}/${prefix}${ANY}`,
    ]),
  ]);
  const expanded = names.filter(([name]) => !known.has(name!));
  return [
    entry,
    ...expanded.map(([name, model]) => ({ ...entry, model_name: name!, [key]: { ...params, model: model! } })),
  ];
}
