import { COUNTS_PER_KEY_MAX } from './counts.js';

const ADD_COUNTS_SCRIPT = `
for index = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[index]) == 1 or redis.call('HLEN', KEYS[1]) < ${COUNTS_PER_KEY_MAX} then
    redis.call('HINCRBY', KEYS[1], ARGV[index], ARGV[index + 1])
  end
end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])`;

/** Members by when they end, in the server's time. */
const ADD_MEMBER_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`;

const COUNT_MEMBERS_SCRIPT = `
local time = redis.call('TIME')
return redis.call('ZCOUNT', KEYS[1], '(' .. (time[1] * 1000 + math.floor(time[2] / 1000)), '+inf')`;

/** For the options of the client. */
export const COUNT_SCRIPTS = {
  aoAddCounts: { lua: ADD_COUNTS_SCRIPT, numberOfKeys: 1 },
  aoAddMember: { lua: ADD_MEMBER_SCRIPT, numberOfKeys: 1 },
  aoCountMembers: { lua: COUNT_MEMBERS_SCRIPT, numberOfKeys: 1 },
};

export interface CountCommands {
  aoAddCounts(key: string, ttlMs: number, ...namesAndAmounts: string[]): Promise<unknown>;
  aoAddMember(key: string, member: string, ttlMs: number, membersMax: number): Promise<unknown>;
  aoCountMembers(key: string): Promise<number>;
}
