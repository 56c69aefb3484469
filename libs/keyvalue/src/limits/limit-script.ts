import { EPSILON, SLOT_RETRY_MS, type LimitDecision, type LimitRequest, type LimitState } from './limit.js';

/**
 * The algorithms of bucket.ts, window.ts and slots.ts inside Redis, so that one round trip decides for all replicas. Two
 * passes: decide everything, then write everything or only describe. Time is Redis's own unless given. Numbers are stored
 * with 17 digits, which gives back the same double.
 *
 * KEYS: one per limit. ARGV: now in ms or '', then per limit kind, size, period in ms, amount (below zero for slots: release),
 * force, holder, spare.
 * Answer: allowed, then per limit allowed, remaining, reset in ms, retry in ms.
 */
export const LIMIT_SCRIPT = `
local EPSILON, SLOT_RETRY_MS, FIELDS = ${EPSILON}, ${SLOT_RETRY_MS}, 7
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function numbers(text)
  local found = {}
  for word in string.gmatch(text, '%S+') do found[#found + 1] = tonumber(word) end
  return found
end

local decide, describe, store = {}, {}, {}

function decide.bucket(key, r)
  local text = redis.call('GET', key)
  local used, at = 0, now
  if text then
    local before = numbers(text)
    at = math.max(now, before[2])
    used = math.max(0, before[1] - ((at - before[2]) * r.size) / r.period)
  end
  local after = math.max(0, used + r.amount)
  local allowed = r.force or r.amount <= 0 or after <= r.usable + EPSILON
  return allowed, { used = after, at = at }, { used = used, at = at }
end

function describe.bucket(use, r, allowed)
  local retry = 0
  if not allowed then retry = math.ceil(((use.used + r.amount - r.usable) * r.period) / r.size - EPSILON) end
  return math.max(0, math.floor(r.size - use.used + EPSILON)), math.ceil((use.used * r.period) / r.size - EPSILON), retry
end

function store.bucket(key, use, r)
  local ttl = math.ceil((use.used * r.period) / r.size) + 1000
  redis.call('SET', key, string.format('%.17g %.17g', use.used, use.at), 'PX', string.format('%.0f', ttl))
end

function decide.window(key, r)
  local index = math.floor(now / r.period)
  local elapsed = now - index * r.period
  local previous, current = 0, 0
  local text = redis.call('GET', key)
  if text then
    local before = numbers(text)
    if index < before[1] then
      index, previous, current, elapsed = before[1], before[2], before[3], 0
    elseif index == before[1] then
      previous, current = before[2], before[3]
    elseif index == before[1] + 1 then
      previous = before[3]
    end
  end
  local estimate = (previous * (r.period - elapsed)) / r.period + current + r.amount
  local allowed = r.force or r.amount <= 0 or estimate <= r.usable + EPSILON
  return allowed,
    { index = index, previous = previous, current = math.max(0, current + r.amount), elapsed = elapsed },
    { index = index, previous = previous, current = current, elapsed = elapsed }
end

function describe.window(use, r, allowed)
  local left = r.period - use.elapsed
  local reset, retry = 0, 0
  if use.current > 0 then reset = left + r.period elseif use.previous > 0 then reset = left end
  if not allowed then
    local room = r.usable - use.current - r.amount
    if r.amount > r.usable then retry = left + r.period
    elseif room >= 0 then retry = math.max(1, math.ceil(left - (room * r.period) / use.previous - EPSILON))
    else retry = math.ceil(left + r.period - ((r.usable - r.amount) * r.period) / use.current - EPSILON) end
  end
  local weighted = (use.previous * left) / r.period
  return math.max(0, math.floor(r.size - weighted - use.current + EPSILON)), reset, retry
end

function store.window(key, use, r)
  local text = string.format('%.17g %.17g %.17g', use.index, use.previous, use.current)
  redis.call('SET', key, text, 'PX', string.format('%.0f', 2 * r.period))
end

function decide.slots(key, r)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.17g', now))
  local count = redis.call('ZCARD', key)
  local held = redis.call('ZSCORE', key, r.holder) and 1 or 0
  if r.amount < 0 then return true, { count = count - held }, { count = count } end
  return held == 1 or count < r.usable, { count = count + 1 - held }, { count = count }
end

function describe.slots(use, r, allowed)
  return math.max(0, r.size - use.count), use.count > 0 and r.period or 0, allowed and 0 or SLOT_RETRY_MS
end

function store.slots(key, use, r)
  if r.amount < 0 then return redis.call('ZREM', key, r.holder) end
  redis.call('ZADD', key, string.format('%.17g', now + r.period), r.holder)
  redis.call('PEXPIRE', key, string.format('%.0f', r.period + 1000))
end

local requests, decisions, all = {}, {}, true
for i = 1, #KEYS do
  local at = 1 + (i - 1) * FIELDS
  local r = { kind = ARGV[at + 1], size = tonumber(ARGV[at + 2]), period = tonumber(ARGV[at + 3]),
    amount = tonumber(ARGV[at + 4]), force = ARGV[at + 5] == '1', holder = ARGV[at + 6] }
  r.usable = r.size - tonumber(ARGV[at + 7])
  local allowed, granted, refused = decide[r.kind](KEYS[i], r)
  requests[i], decisions[i] = r, { allowed = allowed, granted = granted, refused = refused }
  all = all and allowed
end

local answer = { all and 1 or 0 }
for i, r in ipairs(requests) do
  local decision = decisions[i]
  local use = all and decision.granted or decision.refused
  if all then store[r.kind](KEYS[i], use, r) end
  local remaining, reset, retry = describe[r.kind](use, r, decision.allowed)
  answer[#answer + 1] = decision.allowed and 1 or 0
  answer[#answer + 1] = remaining
  answer[#answer + 1] = reset
  answer[#answer + 1] = retry
end
return answer
`;

const NUMBERS_PER_LIMIT = 4;

/** The ARGV of the script. */
export function scriptArguments(requests: readonly LimitRequest[], nowMs: number | undefined): string[] {
  return [nowMs === undefined ? '' : String(nowMs), ...requests.flatMap(fieldsOf)];
}

function fieldsOf(request: LimitRequest): string[] {
  const spare = `${request.spare ?? 0}`;
  switch (request.kind) {
    case 'bucket': {
      const { capacity, refillMs, amount, force } = request;
      return ['bucket', `${capacity}`, `${refillMs}`, `${amount}`, force ? '1' : '0', '', spare];
    }
    case 'window': {
      const { limit, windowMs, amount, force } = request;
      return ['window', `${limit}`, `${windowMs}`, `${amount}`, force ? '1' : '0', '', spare];
    }
    case 'slots': {
      const { limit, leaseMs, release, holder } = request;
      return ['slots', `${limit}`, `${leaseMs}`, release ? '-1' : '1', '0', holder, spare];
    }
  }
}

export function parseScriptAnswer(requests: readonly LimitRequest[], answer: readonly number[]): LimitDecision {
  const limits = requests.map((request, index): LimitState => {
    const [allowed, remaining, resetMs, retryAfterMs] = answer.slice(1 + index * NUMBERS_PER_LIMIT) as [
      number,
      number,
      number,
      number,
    ];
    return {
      allowed: allowed === 1,
      limit: request.kind === 'bucket' ? request.capacity : request.limit,
      remaining,
      resetMs,
      retryAfterMs,
    };
  });
  return { allowed: answer[0] === 1, limits };
}
