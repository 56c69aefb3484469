import type { RouterSettings } from '@ao/contracts';
import { readRouterSettings } from '../router-settings/index.js';
import { ROUTER_TWINS, type ModelConfigFile } from './file-schema.js';
import type { Reading } from './reading.js';

/** `router_settings`, and what `litellm_settings` says of the same; of what both say the former holds. */
export function readRouter(reading: Reading, file: ModelConfigFile): RouterSettings {
  const {
    model_group_alias: _aliases,
    default_max_parallel_requests: _concurrency,
    ...own
  } = file.router_settings ?? {};
  const { request_timeout: timeout, drop_params, ...others } = file.litellm_settings ?? {};
  const twins = Object.fromEntries(Object.entries(others).filter(([key]) => TWINS.has(key)));
  const parts = [
    readRouterSettings({ ...twins, timeout, drop_params }, 'litellm_settings'),
    readRouterSettings(own, 'router_settings'),
  ];
  for (const { problems, warnings } of parts) {
    reading.problems.push(...problems.map(({ path, message }) => `${path}: ${message}`));
    reading.warnings.push(...warnings);
  }
  return Object.assign({}, ...parts.map(({ settings }) => settings)) as RouterSettings;
}

const TWINS: ReadonlySet<string> = new Set(ROUTER_TWINS);
