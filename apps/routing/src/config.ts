import { flag, integer, list, loadSettings, platformSettings, setting, text, url, type Values } from '@ao/config';

export const routingSettings = {
  AO_DEMO_PROVIDER_URL: setting({
    description: 'address of the demo provider, which serves demo-chat and demo-embedding; unset: none',
    schema: url('http', 'https'),
  }),
  AO_ALLOW_PRIVATE_PROVIDER_URLS: setting({
    description:
      'true: providers made over the API may lie on this machine or in a private network. Link-local and metadata ' +
      'addresses are refused always; AO_CONFIG may name any address',
    schema: flag(),
    default: false,
  }),
  AO_PROVIDER_KEY_VARIABLES: setting({
    description:
      'comma list of variables that administrators of the first organisation may name as provider keys, beside all that ' +
      'end in _API_KEY; * stands for any text',
    schema: list(),
    default: [],
  }),
  AO_PROVIDER_KEY_DIRECTORY: setting({
    description:
      'folder whose files administrators of the first organisation may name as provider keys (file:/path); unset: none. ' +
      'AO_CONFIG may name any file',
    schema: text(),
  }),
  PROVIDER_HEALTH_INTERVAL_MS: setting({
    description: 'how often each provider is asked whether it works, at least; 0: never',
    schema: integer(0, 3_600_000),
    default: 30_000,
  }),
  PROVIDER_HEALTH_TIMEOUT_MS: setting({
    description: 'after this long without an answer a provider does not work',
    schema: integer(10, 10_000),
    default: 5_000,
  }),
  PROVIDER_FAILURES_TO_UNHEALTHY: setting({
    description: 'so many failed checks in a row make a provider unhealthy',
    schema: integer(1, 100),
    default: 2,
  }),
  PROVIDER_SUCCESSES_TO_HEALTHY: setting({
    description: 'so many successful checks in a row make it healthy again',
    schema: integer(1, 100),
    default: 1,
  }),
  PROVIDER_MODELS_INTERVAL_MS: setting({
    description: 'how often each provider is asked which models it has, at least; 0: never',
    schema: integer(0, 604_800_000),
    default: 3_600_000,
  }),
  PROVIDER_KEY_INTERVAL_MS: setting({
    description: 'how often keys that are kept by reference are read again, at least; 0: never',
    schema: integer(0, 86_400_000),
    default: 60_000,
  }),
  PROVIDER_CHECKS_MAX: setting({
    description: 'how many providers one replica asks at once, of each kind of check',
    schema: integer(1, 1_000),
    default: 8,
  }),
  PROVIDERS_PER_ORGANISATION_MAX: setting({
    description: 'how many providers one organisation may have',
    schema: integer(1, 10_000),
    default: 200,
  }),
  DEPLOYMENTS_PER_ORGANISATION_MAX: setting({
    description: 'how many deployments one organisation may have',
    schema: integer(1, 100_000),
    default: 5_000,
  }),
  ALIASES_PER_ORGANISATION_MAX: setting({
    description: 'how many model aliases one organisation may have',
    schema: integer(1, 10_000),
    default: 1_000,
  }),
  RULES_PER_ORGANISATION_MAX: setting({
    description: 'how many routing rules one organisation may make',
    schema: integer(1, 10_000),
    default: 1_000,
  }),
  EXPERIMENTS_PER_ORGANISATION_MAX: setting({
    description: 'how many experiments one organisation may have, concluded ones included',
    schema: integer(1, 10_000),
    default: 200,
  }),
  EXPERIMENT_CHECK_INTERVAL_MS: setting({
    description: 'how often the results of an experiment with auto_promote are looked at; 0: never',
    schema: integer(0, 86_400_000),
    default: 60_000,
  }),
  ROUTING_POLL_INTERVAL_MS: setting({
    description: 'how often a replica looks for changes that another one stored',
    schema: integer(50, 600_000),
    default: 2_000,
  }),
} as const;

export type RoutingConfig = Values<typeof routingSettings> & { AO_CONFIG: string | undefined };

/** @throws StartupError that names every bad setting. */
export const loadRoutingConfig = (environment: NodeJS.ProcessEnv): RoutingConfig =>
  loadSettings({ ...routingSettings, AO_CONFIG: platformSettings.AO_CONFIG }, environment);
