import { integer, loadSettings, platformSettings, setting, text, url, type Values } from '@ao/config';
import { FILE_BYTES_MAX } from '@ao/contracts';

export const agentsSettings = {
  AO_GATEWAY_URL: setting({
    description: 'where tasks and batches find the public API of the gateway',
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
    description: 'how long one run of a task, retries of the model call included, or one call of a batch may take',
    schema: integer(100, 290_000),
    default: 240_000,
  }),
  AGENTS_CALL_RETRIES_MAX: setting({
    description: 'how often a model call that failed is made again within a run',
    schema: integer(0, 10),
    default: 2,
  }),
  AGENTS_LEASE_MS: setting({
    description: 'a task or batch whose runner has been silent for this long is given to another',
    schema: integer(100, 600_000),
    default: 30_000,
  }),
  AGENTS_POLL_MS: setting({
    description: 'how often to look for tasks and batches; those submitted to this process start at once',
    schema: integer(10, 60_000),
    default: 1_000,
  }),
  AGENTS_BATCH_CONCURRENCY_MAX: setting({
    description: 'calls of one batch that are made at the same time',
    schema: integer(1, 1_000),
    default: 8,
  }),
  AGENTS_BATCH_CALLS_MAX: setting({
    description: 'calls of all batches that one process makes at the same time',
    schema: integer(1, 1_000),
    default: 32,
  }),
  AGENTS_BATCH_LINES_MAX: setting({
    description: 'requests that a batch may have',
    schema: integer(1, 1_000_000),
    default: 50_000,
  }),
  AGENTS_OPEN_BATCHES_PER_ORGANISATION_MAX: setting({
    description: 'how many batches of one organisation may wait or run',
    schema: integer(1, 1_000_000),
    default: 100,
  }),
  AGENTS_FILE_BYTES_MAX: setting({
    description: 'largest file of /v1/files',
    schema: integer(1_024, FILE_BYTES_MAX),
    default: 67_108_864,
  }),
  AGENTS_ORGANISATION_FILE_BYTES_MAX: setting({
    description: 'what the files of one organisation may have together',
    schema: integer(1_024, 1_099_511_627_776),
    default: 1_073_741_824,
  }),
  AGENTS_ORGANISATION_FILES_MAX: setting({
    description: 'how many files one organisation may have',
    schema: integer(1, 10_000_000),
    default: 10_000,
  }),
  AGENTS_FILE_RETENTION_DAYS: setting({
    description: 'how long files and ended batches are kept; a file may ask for less',
    schema: integer(1, 3_650),
    default: 30,
  }),
  AGENTS_FILE_SWEEP_INTERVAL_MS: setting({
    description: 'how often to remove files and batches whose time is over',
    schema: integer(100, 86_400_000),
    default: 60_000,
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
