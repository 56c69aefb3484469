import { flag, integer, list, loadSettings, platformSettings, setting, url, type Values } from '@ao/config';

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
      'end in _API_KEY',
    schema: list(),
    default: [],
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
