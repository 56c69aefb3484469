import { AppError, silentLogger, systemClock, withDeadline, type Clock, type Logger } from '@ao/kernel';
import { Redis } from 'ioredis';
import { CircuitBreaker } from './circuit-breaker.js';
import { COUNT_SCRIPTS, type CountCommands } from './counts/redis-counts.js';
import type { KeyValue, KeyValueHealth } from './key-value.js';
import { checkLimitRequests } from './limits/limit.js';
import { LIMIT_SCRIPT, parseScriptAnswer, scriptArguments } from './limits/limit-script.js';
import { redisVectors, VECTOR_SCRIPTS } from './vectors/redis-vectors.js';

export interface RedisKeyValueOptions {
  /** `redis://[user:password@]host:6379[/database]`, or `rediss://` for TLS. */
  url: string;
  /** Of every call. */
  deadlineMs?: number;
  /** In front of every key, for a server that others use too. */
  keyPrefix?: string;
  /** Time of the limits; Redis's own unless given, so that replicas need not agree on theirs. */
  clock?: Clock;
  logger?: Logger;
}

interface ScriptCommands extends CountCommands {
  aoTakeTokens(keyCount: number, ...keysAndArguments: string[]): Promise<number[]>;
  aoReplaceIf(key: string, expected: Buffer | string, value: Buffer | string, ttlMs: number): Promise<number>;
  aoDeleteIf(key: string, expected: Buffer | string): Promise<number>;
}

const REPLACE_IF_SCRIPT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;
const DELETE_IF_SCRIPT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

const DEADLINE_MS = 50;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MAX_MS = 2_000;
const FAILURES_MAX = 5;
const OPEN_MS = 500;

/**
 * Redis 7 or Valkey. Connects in the background and again whenever the connection is lost; until then calls fail at once.
 * The keys of one `takeTokens` may lie anywhere, so a Redis Cluster needs a `keyPrefix` with a hash tag.
 */
export function openRedisKeyValue(options: RedisKeyValueOptions): KeyValue {
  const { deadlineMs = DEADLINE_MS, keyPrefix = 'ao:', logger = silentLogger, clock } = options;
  const redis = connect(options.url, keyPrefix, logger);
  const commands = redis as unknown as ScriptCommands;
  const breaker = new CircuitBreaker({
    clock: systemClock,
    failuresMax: FAILURES_MAX,
    openMs: OPEN_MS,
    onChange: (state) => logger.warn({ state }, 'circuit breaker of the shared store'),
  });
  const call = <T>(work: () => Promise<T>): Promise<T> =>
    breaker.run(() =>
      withDeadline(work(), deadlineMs, () => new Error(`no answer within ${deadlineMs} ms`)).catch(rethrow),
    );

  return {
    get: (key) => call(() => redis.getBuffer(key)),
    set: (key, value, { ttlMs }) => call(async () => void (await redis.set(key, value, 'PX', ttlMs))),
    delete: (key) => call(async () => void (await redis.del(key))),
    setIfAbsent: (key, value, { ttlMs }) => call(async () => (await redis.set(key, value, 'PX', ttlMs, 'NX')) === 'OK'),
    replaceIf: (key, expected, value, { ttlMs }) =>
      call(async () => (await commands.aoReplaceIf(key, expected, value, ttlMs)) === 1),
    deleteIf: (key, expected) => call(async () => (await commands.aoDeleteIf(key, expected)) === 1),
    addCounts: (key, amounts, { ttlMs }) =>
      call(async () => {
        const flat = Object.entries(amounts).flatMap(([name, amount]) => [name, amount.toString()]);
        await commands.aoAddCounts(key, ttlMs, ...flat);
      }),
    getCounts: (key) =>
      call(async () =>
        Object.fromEntries(Object.entries(await redis.hgetall(key)).map(([name, amount]) => [name, BigInt(amount)])),
      ),
    addMember: (key, member, { ttlMs, membersMax }) =>
      call(async () => void (await commands.aoAddMember(key, member, ttlMs, membersMax))),
    countMembers: (key) => call(() => commands.aoCountMembers(key)),
    vectors: redisVectors(redis, call),
    async takeTokens(requests) {
      checkLimitRequests(requests);
      const keys = requests.map((request) => request.key);
      const answer = await call(() =>
        commands.aoTakeTokens(keys.length, ...keys, ...scriptArguments(requests, clock?.nowMs())),
      );
      return parseScriptAnswer(requests, answer);
    },
    health: () => checkHealth(redis, deadlineMs),
    async close() {
      redis.disconnect();
    },
  };
}

function connect(url: string, keyPrefix: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    keyPrefix,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A call must fail now, not be sent when the connection is back: its deadline has passed by then.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10)),
    scripts: {
      aoTakeTokens: { lua: LIMIT_SCRIPT },
      aoReplaceIf: { lua: REPLACE_IF_SCRIPT, numberOfKeys: 1 },
      aoDeleteIf: { lua: DELETE_IF_SCRIPT, numberOfKeys: 1 },
      ...COUNT_SCRIPTS,
      ...VECTOR_SCRIPTS,
    },
  });
  let lastError = '';
  redis.on('ready', () => {
    lastError = '';
    logger.info({}, 'shared store connected');
  });
  // Each attempt to reconnect reports the same; once is enough.
  redis.on('error', (error: Error) => {
    if (error.message !== lastError) logger.warn({ error: error.message }, 'shared store not reachable');
    lastError = error.message;
  });
  return redis;
}

function rethrow(error: unknown): never {
  throw new AppError('backend_unavailable', 'The shared store is not reachable. Try again in a moment.', {
    internal: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}

/** Past the breaker: this is what tells that the server is back. */
async function checkHealth(redis: Redis, deadlineMs: number): Promise<KeyValueHealth> {
  const startedMs = performance.now();
  try {
    await withDeadline(redis.ping(), deadlineMs, () => new Error(`no answer within ${deadlineMs} ms`));
    return { ok: true, latencyMs: performance.now() - startedMs };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
