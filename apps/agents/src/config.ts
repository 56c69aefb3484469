import { integer, loadSettings, platformSettings, setting, text, url, type Values } from '@ao/config';

export const agentsSettings = {
  AO_GATEWAY_URL: setting({
    description: 'where tasks find the public API of the gateway',
    schema: url('http', 'https'),
    default: 'http://127.0.0.1:3456',
  }),
  AGENTS_DEFAULT_MODEL: setting({
    description: 'model of a task that names none; unset: such a task is refused',
    schema: text(256),
  }),
  AGENTS_CONCURRENCY_MAX: setting({
    description: 'tasks that one process runs at the same time',
    schema: integer(1, 1_000),
    default: 16,
  }),
  AGENTS_OPEN_TASKS_PER_ORGANISATION_MAX: setting({
    description: 'how many tasks of one organisation may wait or run',
    schema: integer(1, 1_000_000),
    default: 1_000,
  }),
  AGENTS_RUN_TIMEOUT_MS: setting({
    // Node's fetch gives up by itself when no header has come for five minutes.
    description: 'how long one run of a task may take, retries of the model call included',
    schema: integer(100, 290_000),
    default: 240_000,
  }),
  AGENTS_CALL_RETRIES_MAX: setting({
    description: 'how often a model call that failed is made again within a run',
    schema: integer(0, 10),
    default: 2,
  }),
  AGENTS_LEASE_MS: setting({
    description: 'a task whose runner has been silent for this long is given to another',
    schema: integer(100, 600_000),
    default: 30_000,
  }),
  AGENTS_POLL_MS: setting({
    description: 'how often to look for tasks; those submitted to this process start at once',
    schema: integer(10, 60_000),
    default: 1_000,
  }),
  AGENTS_RESPONSE_RETENTION_DAYS: setting({
    description: 'how long answers of /v1/responses are kept that their callers want stored',
    schema: integer(1, 3_650),
    default: 30,
  }),
  AGENTS_ORGANISATION_RESPONSE_BYTES_MAX: setting({
    description: 'what the stored responses of one organisation may have together, compressed',
    schema: integer(1_024, 1_099_511_627_776),
    default: 1_073_741_824,
  }),
  AGENTS_RESPONSE_SWEEP_INTERVAL_MS: setting({
    description: 'how often to remove stored responses whose time is over',
    schema: integer(100, 86_400_000),
    default: 60_000,
  }),
} as const;

const settings = { ...agentsSettings, SHUTDOWN_TIMEOUT_MS: platformSettings.SHUTDOWN_TIMEOUT_MS } as const;

export type AgentsConfig = Values<typeof settings>;
export const loadAgentsConfig = (environment: NodeJS.ProcessEnv): AgentsConfig => loadSettings(settings, environment);
