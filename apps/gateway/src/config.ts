import {
  choice,
  durations,
  flag,
  fraction,
  integer,
  list,
  loadSettings,
  platformSettings,
  setting,
  text,
  url,
  type Values,
} from '@ao/config';
import { StartupError } from '@ao/kernel';

export const gatewaySettings = {
  HOST: setting({ description: 'address to listen on; 0.0.0.0 for all', schema: text(255), default: '127.0.0.1' }),
  PORT: setting({ description: 'port to listen on, 1 to 65535', schema: integer(1, 65_535), default: 3456 }),
  AUTH_MODE: setting({
    description: 'required: issued keys; static: keys from API_KEY and API_KEYS; embedded: one local user',
    schema: choice(['required', 'static', 'embedded']),
    default: 'required',
  }),
  API_KEY: setting({ description: 'a static key, sk-cca-…, for AUTH_MODE=static', schema: text(512), secret: true }),
  API_KEYS: setting({
    description: 'more static keys, separated by commas',
    schema: list(),
    default: [],
    secret: true,
  }),
  ALLOW_OPEN_AUTH: setting({
    description: 'lets a server without authentication listen beyond loopback',
    schema: flag(),
    default: false,
  }),
  TRUST_PROXY: setting({
    description: 'addresses or networks of proxies whose X-Forwarded-For counts',
    schema: list(),
    default: [],
  }),
  GEO_COUNTRY_HEADER: setting({
    description: 'header in which a proxy of TRUST_PROXY names the country of the caller, such as cf-ipcountry',
    schema: text(128),
  }),
  GEOIP_DATABASE: setting({
    description: 'path of a MaxMind database (.mmdb) that tells the country of an address; unset: none',
    schema: text(4_096),
  }),
  BODY_LIMIT_BYTES: setting({
    description: 'largest request body',
    schema: integer(1_024, 268_435_456),
    default: 1_048_576,
  }),
  FORM_LIMIT_BYTES: setting({
    description: 'largest form with sound or pictures',
    schema: integer(1_024, 1_073_741_824),
    // The largest file that OpenAI takes, and its fields.
    default: 27_262_976,
  }),
  MODEL_LENGTH_MAX: setting({ description: 'longest model name, characters', schema: integer(1, 256), default: 256 }),
  MESSAGES_MAX: setting({
    description: 'most messages in a request; 0 for no limit',
    schema: integer(0, 1_000_000),
    default: 0,
  }),
  CONTENT_CHARACTERS_MAX: setting({
    description: 'most characters of content in a request; 0 for no limit',
    schema: integer(0, 1_000_000_000),
    default: 0,
  }),
  OPENAI_API_KEY: setting({
    description: 'opens direct OpenAI: models without a deployment',
    schema: text(512),
    secret: true,
  }),
  OPENAI_BASE_URL: setting({
    description: 'where direct OpenAI is',
    schema: url('http', 'https'),
    default: 'https://api.openai.com/v1',
  }),
  OPENAI_ORGANIZATION: setting({ description: 'sent as OpenAI-Organization on direct OpenAI', schema: text(256) }),
  OPENAI_PASSTHROUGH_ENABLED: setting({ description: 'false closes direct OpenAI', schema: flag(), default: true }),
  ALLOW_CLIENT_OPENAI_KEY: setting({
    description: 'false ignores X-OpenAI-API-Key of callers',
    schema: flag(),
    default: true,
  }),
  DROP_PARAMS: setting({
    description: 'true leaves out parameters that a provider has no word for, instead of refusing the call',
    schema: flag(),
    default: false,
  }),
  CORS_ALLOWED_ORIGINS: setting({ description: 'origins of browsers that may call', schema: list(), default: [] }),
  HEADERS_TIMEOUT_MS: setting({
    description: 'time to receive the request headers',
    schema: integer(100, 600_000),
    default: 20_000,
  }),
  REQUEST_TIMEOUT_MS: setting({
    description: 'time to receive the whole request',
    schema: integer(100, 3_600_000),
    default: 120_000,
  }),
  KEEP_ALIVE_TIMEOUT_MS: setting({
    description: 'how long an idle connection stays open',
    schema: integer(100, 3_600_000),
    default: 75_000,
  }),
  NATIVE_SHARED_ACCOUNTS: setting({
    description: 'native routes may read and delete what is stored in accounts that organisations share',
    schema: flag(),
    default: false,
  }),
  REALTIME_IDLE_MS: setting({
    description: 'a realtime session in which nothing is said ends after this time',
    schema: integer(100, 3_600_000),
    default: 600_000,
  }),
  REALTIME_TOTAL_MS: setting({
    description: 'the longest time that a realtime session may last',
    schema: integer(100, 14_400_000),
    default: 3_600_000,
  }),
  SIGN_UP_ENABLED: setting({
    description: 'lets anyone found an organisation by POST /v1/sign-up',
    schema: flag(),
    default: false,
  }),
  LEASE_IDLE_MS: setting({
    description: 'an unused budget lease goes back to the wallet after this time',
    schema: integer(100, 600_000),
    default: 5_000,
  }),
  IDEMPOTENCY_RETENTION_MS: setting({
    description: 'how long the answer to a call with an Idempotency-Key is repeated',
    schema: integer(60_000, 604_800_000),
    default: 86_400_000,
  }),
  IDEMPOTENCY_ANSWER_BYTES_MAX: setting({
    description: 'largest answer kept for an Idempotency-Key; a larger one is given once',
    schema: integer(1_024, 16_777_216),
    default: 1_048_576,
  }),
  IDEMPOTENCY_ORGANISATION_BYTES_MAX: setting({
    description: 'what the answers kept for Idempotency-Keys of one organisation may take together',
    schema: integer(1_024, 1_099_511_627_776),
    default: 268_435_456,
  }),
  CACHE_MODE: setting({
    description: 'repeats answers: off; default_off: for calls that ask for it with cache.use-cache; default_on',
    schema: choice(['off', 'default_off', 'default_on']),
    default: 'off',
  }),
  CACHE_TTL_MS: setting({
    description: 'how long an answer is repeated unless the call, its team or its model says otherwise',
    schema: integer(1_000, 2_592_000_000),
    default: 3_600_000,
  }),
  CACHE_TTL_MS_BY_MODEL: setting({
    description: 'the same per model group, such as chat=60000, separated by commas',
    schema: durations(),
    default: {},
    defaultText: '',
  }),
  CACHE_TTL_MS_BY_TEAM: setting({
    description: 'the same per team, such as team_1=60000, separated by commas',
    schema: durations(),
    default: {},
    defaultText: '',
  }),
  CACHE_EMBEDDING_MODEL: setting({
    description: 'model group whose embeddings find questions of the same meaning; unset: only the same questions',
    schema: text(256),
  }),
  CACHE_SIMILARITY_MIN: setting({
    description: 'cosine from which two questions mean the same, 0 to 1',
    schema: fraction(),
    default: 0.92,
  }),
  CACHE_QUESTIONS_MAX: setting({
    description: 'questions remembered by meaning for each team; the one used least lately goes first',
    schema: integer(1, 10_000),
    default: 1_000,
  }),
  CACHE_ANSWER_BYTES_MAX: setting({
    description: 'largest answer that is kept',
    schema: integer(1_024, 16_777_216),
    default: 1_048_576,
  }),
  CACHE_ORGANISATION_BYTES_PER_HOUR_MAX: setting({
    description: 'what may be kept anew for one organisation within an hour',
    schema: integer(1_024, 1_099_511_627_776),
    default: 268_435_456,
  }),
  KEYLESS_REQUESTS_PER_MINUTE_PER_ADDRESS: setting({
    description: 'calls per minute of one address where no key is asked for; 0 for no limit',
    schema: integer(0, 1_000_000_000),
    default: 60,
  }),
  KEYLESS_REQUESTS_PER_MINUTE_PER_SESSION: setting({
    description: 'calls per minute of one session, without a key or with a static one; 0 for no limit',
    schema: integer(0, 1_000_000_000),
    default: 10,
  }),
  KEYLESS_CONCURRENCY_MAX: setting({
    description: 'calls at once without a key, or with one static key; 0 for no limit',
    schema: integer(0, 1_000_000_000),
    default: 5,
  }),
  WRONG_KEYS_PER_MINUTE_PER_ADDRESS: setting({
    description:
      'wrong keys per minute from one address before no other unknown key of it is looked up; 0 for no limit',
    schema: integer(0, 1_000_000_000),
    default: 60,
  }),
  LIMITS_DELAY_FROM_PERCENT: setting({
    description: 'calls of low priority wait from this use of a limit up that their organisation or team shares',
    schema: integer(1, 100),
    default: 80,
  }),
  LIMITS_SHED_FROM_PERCENT: setting({
    description: 'calls of low priority are refused from this use of such a limit up',
    schema: integer(1, 100),
    default: 95,
  }),
  LIMITS_DELAY_MS_MAX: setting({
    description: 'the longest that a call of low priority waits for a limit',
    schema: integer(0, 60_000),
    default: 1_000,
  }),
  QUEUE_LENGTH_MAX: setting({
    description: 'calls that wait at once for a deployment with room',
    schema: integer(0, 100_000),
    default: 1_000,
  }),
  QUEUE_WAIT_MS_MAX: setting({
    description: 'the longest that a call waits for a deployment with room',
    schema: integer(0, 600_000),
    default: 10_000,
  }),
  SPOOL_RECORDS_MAX: setting({
    description: 'usage records waiting for the bus before paid calls are refused',
    schema: integer(100, 10_000_000),
    default: 200_000,
  }),
  SPOOL_SYNC_INTERVAL_MS: setting({
    description: 'between two writes of usage records to disk: a crash loses the records of so long at most',
    schema: integer(1, 10_000),
    default: 20,
  }),
} as const;

/** What is read beside its own: the file with the operator's routes. */
const read = { ...gatewaySettings, AO_CONFIG: platformSettings.AO_CONFIG } as const;

export type GatewayConfig = Values<typeof read> & { staticKeys: string[] };

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const STATIC_KEY_PREFIX = 'sk-cca-';

/** @throws StartupError for bad values, and for a server that would stand open to the network. */
export function loadGatewayConfig(environment: NodeJS.ProcessEnv): GatewayConfig {
  const values = loadSettings(read, environment);
  const staticKeys = [...new Set([values.API_KEY, ...values.API_KEYS].filter((key) => key !== undefined))];
  if (staticKeys.some((key) => !key.startsWith(STATIC_KEY_PREFIX))) {
    throw new StartupError(
      `bad configuration: API_KEY, API_KEYS: every static key must start with ${STATIC_KEY_PREFIX}`,
    );
  }
  if (values.GEO_COUNTRY_HEADER !== undefined && values.TRUST_PROXY.length === 0) {
    throw new StartupError('GEO_COUNTRY_HEADER counts from proxies of TRUST_PROXY alone: set TRUST_PROXY, or unset it');
  }
  const open = values.AUTH_MODE === 'embedded' || (values.AUTH_MODE === 'static' && staticKeys.length === 0);
  if (open && !LOOPBACK.has(values.HOST) && !values.ALLOW_OPEN_AUTH) {
    throw new StartupError(
      `AUTH_MODE=${values.AUTH_MODE} would let anyone who reaches ${values.HOST} spend money: ` +
        'set AUTH_MODE=required, listen on 127.0.0.1, or say ALLOW_OPEN_AUTH=true',
    );
  }
  return { ...values, staticKeys };
}
