import { choice, integer, setting, text, url, type Values } from './settings.js';

/** What every process of the platform is told the same way. Services add their own settings in their `config.ts`. */
export const platformSettings = {
  AO_DATA_DIR: setting({
    description: 'where standalone keeps its databases, keys and spool',
    schema: text(),
    default: '.data',
  }),
  AO_CONFIG: setting({
    description: 'path of a YAML file with models and settings, in the shape of LiteLLM',
    schema: text(),
  }),
  NATS_URL: setting({
    description: 'NATS with JetStream; unset: services talk inside one process',
    schema: url('nats', 'tls', 'ws', 'wss'),
  }),
  DATABASE_URL: setting({
    description: 'PostgreSQL 15 or newer; unset: an embedded server',
    schema: url('postgres', 'postgresql'),
    secret: true,
  }),
  REDIS_URL: setting({
    description: 'Redis 7 or Valkey for limits and cache; unset: memory',
    schema: url('redis', 'rediss'),
    secret: true,
  }),
  CLICKHOUSE_URL: setting({
    description: 'ClickHouse over HTTP; unset: the embedded engine',
    schema: url('http', 'https'),
    secret: true,
  }),
  AO_MASTER_KEY: setting({
    description: 'base64 of 32 bytes that seals stored secrets; unset: made once in the data folder',
    schema: text().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 text of 32 bytes (openssl rand -base64 32)'),
    secret: true,
  }),
  AO_KEY_PEPPER: setting({
    description: 'base64 of 32 bytes under which API keys are hashed; unset: made once in the data folder',
    schema: text().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 text of 32 bytes (openssl rand -base64 32)'),
    secret: true,
  }),
  LOG_LEVEL: setting({
    description: 'least severe level that is logged',
    schema: choice(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
  }),
  LOG_FORMAT: setting({
    description: 'json, or pretty for people',
    schema: choice(['json', 'pretty']),
    default: 'json',
  }),
  SHUTDOWN_TIMEOUT_MS: setting({
    description: 'how long requests in flight may go on after SIGTERM',
    schema: integer(0, 600_000),
    default: 10_000,
  }),
} as const;

export type PlatformValues = Values<typeof platformSettings>;
