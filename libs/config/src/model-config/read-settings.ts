import { warnOfUnsupported } from '../unsupported.js';
import { SUPPORTED_KEYS, type ModelConfigFile } from './file-schema.js';
import type { ConfigAlias } from './model-config.js';
import { resolveText, type Reading } from './reading.js';

/** Where LiteLLM's settings live here instead. */
const HINTS: Record<string, string> = {
  database_url: 'set DATABASE_URL',
  include: 'put all models in one file',
  max_request_size_mb: 'set BODY_LIMIT_BYTES',
  global_max_parallel_requests: 'give keys, teams or deployments their limits',
  alerting: 'see docs/operations.md',
  callbacks: 'see docs/operations.md for traces and metrics',
  success_callback: 'see docs/operations.md for traces and metrics',
  failure_callback: 'see docs/operations.md for traces and metrics',
};

/** As identity has it for AO_ADMIN_KEY: who guesses this key owns the platform. */
const ADMIN_KEY_LENGTH_MIN = 16;

/** Names everything outside the models and the router that the file asks for and that is not done. */
export function warnOfSettings(reading: Reading, file: ModelConfigFile): void {
  const parts = [
    { path: '', section: file, supported: SUPPORTED_KEYS.file },
    { path: 'general_settings', section: file.general_settings, supported: SUPPORTED_KEYS.general },
    { path: 'litellm_settings', section: file.litellm_settings, supported: SUPPORTED_KEYS.litellm },
  ];
  for (const { path, section, supported } of parts) {
    warnOfUnsupported(reading, { path, keys: Object.keys(section ?? {}), supported, hints: HINTS });
  }
}

/** `general_settings.master_key`, LiteLLM's first key; null without one, or with one that could be guessed. */
export function readAdminKey(reading: Reading, file: ModelConfigFile): string | null {
  const path = 'general_settings.master_key';
  const written = file.general_settings?.master_key;
  const key = written == null ? null : resolveText(reading, path, written).value;
  if (key === null || key.length >= ADMIN_KEY_LENGTH_MIN) return key;
  reading.warnings.push(
    `${path}: must have at least ${ADMIN_KEY_LENGTH_MIN} characters; it is ignored, set another or AO_ADMIN_KEY`,
  );
  return null;
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
