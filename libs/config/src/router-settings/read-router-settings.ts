import type { GeoRule, GroupPolicy, RouterSettings } from '@ao/contracts';
import { formatPath } from '../format-path.js';
import { warnOfUnsupported } from '../unsupported.js';
import { readGroupPolicy, readGroupRetries, readOwnGroup } from './read-group-policy.js';
import {
  geoRuleFields,
  routerSettingsFields,
  strategyArgsFields,
  type FallbackFields,
  type RouterSettingsFields,
} from './settings-schema.js';
import { definedOf, millisecondsOf, PAUSE_MS_MAX, withinMax, type Warnings } from './values.js';

/** A setting that cannot be taken. */
export interface SettingProblem {
  /** Where it stands: `router_settings.groups.gpt-4o.timeout`. */
  path: string;
  message: string;
}

export interface RouterSettingsReading {
  /** Empty when there are problems. */
  settings: RouterSettings;
  problems: SettingProblem[];
  /** What is asked for and not done, each with its path. */
  warnings: string[];
}

const FALLBACKS_MAX = 20;
const ALLOWED_FAILS_MAX = 10_000;
/** One call, all attempts together, where nothing says otherwise. */
const TOTAL_MS_DEFAULT = 600_000;

/**
 * Reads settings of the router in the shape of LiteLLM's `router_settings`, with our own beside them. Knows nothing of
 * files and variables, so that bodies of requests are read the same way.
 * @param path Where `json` stands, for messages; empty for a whole body.
 */
export function readRouterSettings(json: unknown, path: string): RouterSettingsReading {
  const result = routerSettingsFields.safeParse(json ?? {});
  if (!result.success) {
    const problems = result.error.issues.map((issue) => ({
      path: formatPath([...(path ? [path] : []), ...issue.path]),
      message: issue.message,
    }));
    return { settings: {}, problems, warnings: [] };
  }
  const reading: Warnings = { warnings: [] };
  const settings = readFields(reading, path, result.data);
  const prefix = path === '' ? /^\./ : '';
  return { settings, problems: [], warnings: reading.warnings.map((warning) => warning.replace(prefix, '')) };
}

function readFields(reading: Warnings, path: string, fields: RouterSettingsFields): RouterSettings {
  warnOfUnsupported(reading, { path, keys: Object.keys(fields), supported: SUPPORTED, hints: HINTS });
  const policy = readGroupPolicy(reading, path, fields);
  return {
    ...policy,
    ...definedOf({
      groups: readGroups(reading, path, fields),
      totalTimeoutMs: totalTimeoutOf(reading, path, fields, policy),
      allowedFails: withinMax(reading, `${path}.allowed_fails`, fields.allowed_fails, ALLOWED_FAILS_MAX),
      cooldownMs: millisecondsOf(reading, `${path}.cooldown_time`, fields.cooldown_time, PAUSE_MS_MAX),
      cooldowns: fields.disable_cooldowns == null ? undefined : !fields.disable_cooldowns,
      fallbacks: readFallbacks(fields.fallbacks),
      contextWindowFallbacks: readFallbacks(fields.context_window_fallbacks),
      contentPolicyFallbacks: readFallbacks(fields.content_policy_fallbacks),
      defaultFallbacks: fields.default_fallbacks,
      fallbacksMax: withinMax(reading, `${path}.max_fallbacks`, fields.max_fallbacks, FALLBACKS_MAX),
      tagFiltering: readTagFiltering(reading, path, fields),
      preCallChecks: fields.enable_pre_call_checks,
      dropParams: fields.drop_params,
      latencyBuffer: fields.latency_buffer ?? readStrategyArgs(reading, path, fields.routing_strategy_args),
    }),
    // Here null says something: there is no such restriction.
    ...(fields.geo_rules !== undefined && { geoRules: readGeoRules(reading, path, fields.geo_rules) }),
    ...(fields.residency_regions !== undefined && { residencyRegions: fields.residency_regions }),
  };
}

/** Both sections that speak of groups; what `groups` says comes before what `model_group_retry_policy` says. */
function readGroups(reading: Warnings, path: string, fields: RouterSettingsFields): RouterSettings['groups'] {
  if (!fields.groups && !fields.model_group_retry_policy) return undefined;
  const groups = new Map<string, GroupPolicy>();
  for (const [group, retries] of Object.entries(fields.model_group_retry_policy ?? {})) {
    groups.set(group, readGroupRetries(reading, `${path}.model_group_retry_policy.${group}`, retries));
  }
  for (const [group, own] of Object.entries(fields.groups ?? {})) {
    groups.set(group, { ...groups.get(group), ...readOwnGroup(reading, `${path}.groups.${group}`, own) });
  }
  return Object.fromEntries(groups);
}

/** A single attempt may take as long as it is said to, even where all attempts together have less by default. */
function totalTimeoutOf(
  reading: Warnings,
  path: string,
  fields: RouterSettingsFields,
  { timeoutMs }: GroupPolicy,
): number | undefined {
  const totalMs = millisecondsOf(reading, `${path}.total_timeout`, fields.total_timeout);
  return totalMs ?? (timeoutMs !== undefined && timeoutMs > TOTAL_MS_DEFAULT ? timeoutMs : undefined);
}

/** A list of maps with one model each, as LiteLLM has it, or one map. Of a model named twice the first entry holds. */
function readFallbacks(written: FallbackFields | null | undefined): Record<string, string[]> | undefined {
  if (!written) return undefined;
  const entries = Array.isArray(written) ? written.flatMap((map) => Object.entries(map)) : Object.entries(written);
  return Object.fromEntries(entries.toReversed());
}

/** LiteLLM's default, once tags count at all, is that one in common is enough. */
function readTagFiltering(
  reading: Warnings,
  path: string,
  fields: RouterSettingsFields,
): RouterSettings['tagFiltering'] {
  const { enable_tag_filtering: enabled, tag_filtering_match_any: matchAny } = fields;
  if (enabled) return matchAny === false ? 'all' : 'any';
  if (matchAny != null) {
    reading.warnings.push(`${path}.tag_filtering_match_any: has no effect without enable_tag_filtering: true`);
  }
  return enabled === false ? 'off' : undefined;
}

function readStrategyArgs(
  reading: Warnings,
  path: string,
  args: RouterSettingsFields['routing_strategy_args'],
): number | undefined {
  if (!args) return undefined;
  const part = { path: `${path}.routing_strategy_args`, keys: Object.keys(args), supported: STRATEGY_ARGS };
  warnOfUnsupported(reading, { ...part, hints: STRATEGY_HINTS });
  return args.lowest_latency_buffer ?? undefined;
}

function readGeoRules(reading: Warnings, path: string, rules: RouterSettingsFields['geo_rules']): GeoRule[] | null {
  if (!rules) return null;
  return rules.map(({ countries, regions, ...unknown }, index) => {
    warnOfUnsupported(reading, {
      path: `${path}.geo_rules[${index}]`,
      keys: Object.keys(unknown),
      supported: GEO_RULE,
    });
    return { countries, regions };
  });
}

/** What only makes LiteLLM itself log more is none of the router's, and no reason to warn. */
const HARMLESS = ['set_verbose', 'debug_level'];
const SUPPORTED: ReadonlySet<string> = new Set([...Object.keys(routerSettingsFields.shape), ...HARMLESS]);
const GEO_RULE: ReadonlySet<string> = new Set(Object.keys(geoRuleFields.shape));
const STRATEGY_ARGS: ReadonlySet<string> = new Set(Object.keys(strategyArgsFields.shape));

const STRATEGY_HINTS: Record<string, string> = {
  ttl: 'the latest calls of a deployment count, and usage of the current minute',
  rolling_window_size: 'the latest calls of a deployment count',
  max_latency_list_size: 'the latest calls of a deployment count',
};

/** Where LiteLLM's settings live here instead. */
const HINTS: Record<string, string> = {
  redis_url: 'set REDIS_URL',
  redis_host: 'set REDIS_URL',
  redis_port: 'set REDIS_URL',
  redis_password: 'set REDIS_URL',
  redis_db: 'set REDIS_URL',
  cache_responses: 'set cache: true in litellm_settings',
  allowed_fails_policy: 'allowed_fails counts every failure of a deployment',
  provider_budget_config: 'give wallets and budgets their limits',
  routing_groups: 'give each model its own part of groups',
  default_max_parallel_requests: 'give deployments their max_parallel_requests',
  default_priority: 'calls that do not ask for a priority share the ordinary one',
};
