import { integer, loadSettings, platformSettings, setting, type Values } from '@ao/config';

export const meteringSettings = {
  REQUEST_LOG_RETENTION_DAYS: setting({
    description: 'how many days the request log keeps a request',
    schema: integer(1, 36_500),
    default: 90,
  }),
  PRICE_POLL_MS: setting({
    description: 'how often each replica looks for prices that another one set, in milliseconds',
    schema: integer(50, 3_600_000),
    default: 3_000,
  }),
  API_PRICES_MAX: setting({
    description: 'how many prices may be set by API, and how many imported, past ones included',
    schema: integer(1, 100_000),
    default: 10_000,
  }),
} as const;

const read = { ...meteringSettings, AO_CONFIG: platformSettings.AO_CONFIG } as const;

export type MeteringConfig = Values<typeof read>;
export const loadMeteringConfig = (environment: NodeJS.ProcessEnv): MeteringConfig => loadSettings(read, environment);
