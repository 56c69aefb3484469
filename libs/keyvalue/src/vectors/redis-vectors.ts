import type { Redis } from 'ioredis';
import { nearestOf, type Neighbour, type StoredVector, type VectorStore } from './vector-store.js';

/**
 * A set is a sorted set of its vectors by their last use, `{partition} {id}` each, and beside it one store for each
 * partition: a vector set where the server has them (Redis 8), else a hash that is read whole.
 */
const ADD_SCRIPT = `
local time = redis.call('TIME')
local store = KEYS[1] .. ':' .. ARGV[1]
if ARGV[6] == '1' then redis.call('VADD', store, 'FP32', ARGV[3], ARGV[2], 'NOQUANT')
else redis.call('HSET', store, ARGV[2], ARGV[3]) end
redis.call('ZADD', KEYS[1], time[1] * 1000000 + time[2], ARGV[1] .. ' ' .. ARGV[2])
for _, key in ipairs({KEYS[1], store}) do
  if redis.call('PTTL', key) < tonumber(ARGV[4]) then redis.call('PEXPIRE', key, ARGV[4]) end
end
while redis.call('ZCARD', KEYS[1]) > tonumber(ARGV[5]) do
  local oldest = redis.call('ZPOPMIN', KEYS[1])[1]
  local space = string.find(oldest, ' ', 1, true)
  local from = KEYS[1] .. ':' .. string.sub(oldest, 1, space - 1)
  redis.call(ARGV[6] == '1' and 'VREM' or 'HDEL', from, string.sub(oldest, space + 1))
end
return 1`;

const NEAREST_SCRIPT = `
local store = KEYS[1] .. ':' .. ARGV[1]
if redis.call('EXISTS', store) == 0 then return {} end
return redis.call('VSIM', store, 'FP32', ARGV[2], 'WITHSCORES', 'COUNT', ARGV[3])`;

const READ_SCRIPT = `return redis.call('HGETALL', KEYS[1] .. ':' .. ARGV[1])`;

const TOUCH_SCRIPT = `
local time = redis.call('TIME')
return redis.call('ZADD', KEYS[1], 'XX', time[1] * 1000000 + time[2], ARGV[1] .. ' ' .. ARGV[2])`;

const REMOVE_SCRIPT = `
redis.call('ZREM', KEYS[1], ARGV[1] .. ' ' .. ARGV[2])
return redis.call(ARGV[3] == '1' and 'VREM' or 'HDEL', KEYS[1] .. ':' .. ARGV[1], ARGV[2])`;

/** For the options of the client. */
export const VECTOR_SCRIPTS = {
  aoVectorAdd: { lua: ADD_SCRIPT, numberOfKeys: 1 },
  aoVectorNearest: { lua: NEAREST_SCRIPT, numberOfKeys: 1 },
  aoVectorRead: { lua: READ_SCRIPT, numberOfKeys: 1 },
  aoVectorTouch: { lua: TOUCH_SCRIPT, numberOfKeys: 1 },
  aoVectorRemove: { lua: REMOVE_SCRIPT, numberOfKeys: 1 },
};

type Text = string | number | Buffer;
interface VectorCommands {
  aoVectorAdd(key: string, ...values: Text[]): Promise<unknown>;
  aoVectorNearestBuffer(key: string, ...values: Text[]): Promise<Buffer[]>;
  aoVectorReadBuffer(key: string, ...values: Text[]): Promise<Buffer[]>;
  aoVectorTouch(key: string, ...values: Text[]): Promise<unknown>;
  aoVectorRemove(key: string, ...values: Text[]): Promise<unknown>;
}

/** Without an index all vectors of a partition are read and compared here for each search: 25 ms of this process for 500 of them. */
const VECTORS_WITHOUT_INDEX_MAX = 100;

/**
 * Vectors that all replicas share.
 * @param call Runs a command within the deadline and behind the breaker of the store.
 */
export function redisVectors(redis: Redis, call: <T>(work: () => Promise<T>) => Promise<T>): VectorStore {
  const commands = redis as unknown as VectorCommands;
  let isIndexed: boolean | null = null;
  const indexed = async (): Promise<boolean> => {
    isIndexed ??= await hasVectorSets(redis);
    return isIndexed;
  };
  const keyOf = (set: string): string => `vectors:{${set}}`;
  return {
    add: (set, { partition, id, vector }, { ttlMs, vectorsMax }) =>
      call(async () => {
        const hasIndex = await indexed();
        const keptMax = hasIndex ? vectorsMax : Math.min(vectorsMax, VECTORS_WITHOUT_INDEX_MAX);
        await commands.aoVectorAdd(keyOf(set), partition, id, bytesOf(vector), ttlMs, keptMax, hasIndex ? 1 : 0);
      }),
    nearest: (set, { partition, vector }, count) =>
      call(async () => {
        if (await indexed()) {
          return scored(await commands.aoVectorNearestBuffer(keyOf(set), partition, bytesOf(vector), count));
        }
        return nearestOf(stored(await commands.aoVectorReadBuffer(keyOf(set), partition)), vector, count);
      }),
    touch: (set, { partition, id }) => call(async () => void (await commands.aoVectorTouch(keyOf(set), partition, id))),
    remove: (set, { partition, id }) =>
      call(async () => void (await commands.aoVectorRemove(keyOf(set), partition, id, (await indexed()) ? 1 : 0))),
  };
}

/** Who may not ask what the server knows gets by without the index. */
async function hasVectorSets(redis: Redis): Promise<boolean> {
  const known = await redis.call('COMMAND', 'INFO', 'VSIM').catch(() => [null]);
  return Array.isArray(known) && known[0] !== null && known[0] !== undefined;
}

/** The server's scores run from 0 to 1. */
function scored(answer: Buffer[]): Neighbour[] {
  return pairsOf(answer).map(([id, score]) => ({ id, similarity: Number(score.toString()) * 2 - 1 }));
}

const stored = (answer: Buffer[]): Pick<StoredVector, 'id' | 'vector'>[] =>
  pairsOf(answer).map(([id, bytes]) => ({ id, vector: vectorOf(bytes) }));

function pairsOf(flat: Buffer[]): [string, Buffer][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2]!.toString(), flat[index * 2 + 1]!]);
}

const FLOAT_BYTES = 4;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** A copy, because floats must begin at a multiple of their size. */
function vectorOf(bytes: Buffer): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer, 0, Math.floor(copy.length / FLOAT_BYTES));
}
