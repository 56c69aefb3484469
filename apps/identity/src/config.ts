import {
  integer,
  loadSettings,
  parseModelConfig,
  platformSettings,
  readModelConfigFile,
  setting,
  text,
  type Values,
} from '@ao/config';
import { parseUsd } from '@ao/kernel';

export const identitySettings = {
  AO_ADMIN_KEY: setting({
    description:
      'the first admin key, at least 16 characters; unset: general_settings.master_key of AO_CONFIG, else one is made and shown once',
    schema: text(512).min(16, 'must have at least 16 characters'),
    secret: true,
  }),
  DEFAULT_WALLET_LIMIT_USD: setting({
    description: 'monthly limit of the wallet that a new organisation gets',
    schema: text().transform((value, context) => {
      try {
        return parseUsd(value);
      } catch {
        context.addIssue('must be a number of dollars such as 100 or 99.50');
        return parseUsd('0');
      }
    }),
    default: parseUsd('100'),
    defaultText: '100',
  }),
  LIMITS_PER_ORGANISATION_MAX: setting({
    description: 'how many limits one organisation may have beside those of its keys',
    schema: integer(1, 100_000),
    default: 1_000,
  }),
  LIMIT_POLL_INTERVAL_MS: setting({
    description: 'how often the limits are compared with what the gateways know',
    schema: integer(100, 3_600_000),
    default: 5_000,
  }),
  KEYS_PER_ORGANISATION_MAX: setting({
    description: 'how many keys one organisation may hold that are not revoked',
    schema: integer(1, 10_000_000),
    default: 100_000,
  }),
} as const;

const read = { ...identitySettings, AO_CONFIG: platformSettings.AO_CONFIG } as const;
export type IdentityConfig = Values<typeof read>;
export const loadIdentityConfig = (environment: NodeJS.ProcessEnv): IdentityConfig => loadSettings(read, environment);

/**
 * The operator's own first key: AO_ADMIN_KEY, else the master key of the file that AO_CONFIG names.
 * @throws StartupError when the file is missing or bad.
 */
export function adminKeyOf(
  { AO_ADMIN_KEY: key, AO_CONFIG: path }: IdentityConfig,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (key !== undefined || path === undefined) return key;
  return parseModelConfig(readModelConfigFile(path), environment).adminKey ?? undefined;
}

/** Where Nest finds the operator's admin key; null when none was set. */
export const ADMIN_KEY = Symbol('AO_ADMIN_KEY');
