import { warnOfUnsupported } from '../unsupported.js';
import { SUPPORTED_KEYS, type ModelConfigFile } from './file-schema.js';
import type { ConfigAlias } from './model-config.js';
import type { Reading } from './reading.js';

/** Where LiteLLM's settings live here instead. */
const HINTS: Record<string, string> = {
  master_key: 'set AO_ADMIN_KEY',
  database_url: 'set DATABASE_URL',
  redis_url: 'set REDIS_URL',
  redis_host: 'set REDIS_URL',
  include: 'put all models in one file',
};

/** Names everything outside the models that the file asks for and that is not done. */
export function warnOfSettings(reading: Reading, file: ModelConfigFile): void {
  const parts = [
    { path: '', section: file, supported: SUPPORTED_KEYS.file },
    { path: 'router_settings', section: file.router_settings, supported: SUPPORTED_KEYS.router },
    { path: 'general_settings', section: file.general_settings, supported: SUPPORTED_KEYS.general },
    { path: 'litellm_settings', section: file.litellm_settings, supported: SUPPORTED_KEYS.none },
  ];
  for (const { path, section, supported } of parts) {
    warnOfUnsupported(reading, { path, keys: Object.keys(section ?? {}), supported, hints: HINTS });
  }
}

/** `router_settings.model_group_alias` in both of its forms: a plain name, or `{model, hidden}`. */
export function readAliases(reading: Reading, file: ModelConfigFile): ConfigAlias[] {
  const groups = new Set(file.model_list?.map((entry) => entry.model_name));
  return Object.entries(file.router_settings?.model_group_alias ?? {}).map(([alias, target]) => {
    const path = `router_settings.model_group_alias.${alias}`;
    const { model, hidden } = typeof target === 'string' ? { model: target, hidden: false } : target;
    if (typeof target === 'object') {
      warnOfUnsupported(reading, { path, keys: Object.keys(target), supported: SUPPORTED_KEYS.alias });
    }
    if (!groups.has(model)) reading.warnings.push(`${path}: no model of this file is named ${model}`);
    if (groups.has(alias)) reading.warnings.push(`${path}: hides the model of the same name`);
    return { alias, modelGroup: model, hidden: hidden ?? false };
  });
}
