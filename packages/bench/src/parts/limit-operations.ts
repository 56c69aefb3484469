import { limitRule, principal, principalExample, type LimitRule } from '@ao/contracts';
import { LimitRules, Limits, type LimitedCall } from '@ao/gateway/simulation';
import { silentLogger } from '@ao/kernel';
import type { KeyValue } from '@ao/keyvalue';
import type { Operation } from './part-scenarios.js';

/** Never reached: a refusal would be another operation. */
const PLENTY = { requestsPerMinuteMax: 1_000_000_000, tokensPerMinuteMax: 1_000_000_000_000, concurrencyMax: 100_000 };
const TOKENS_BOUND = 1_000;
const TOKENS_USED = 700;
const RULES = 500;

interface LimitSetting {
  key: Partial<typeof PLENTY>;
  rules: readonly LimitRule[];
}

const ruleFor = (scope: object, limits: Partial<typeof PLENTY>, id = 0): LimitRule =>
  limitRule.parse({ id: `lim_${id}`, orgId: 'org_1', scope, ...limits });
const { concurrencyMax: _concurrencyMax, ...perMinute } = PLENTY;

const EIGHT: LimitSetting = {
  key: PLENTY,
  rules: [ruleFor({ kind: 'organisation' }, PLENTY, 1), ruleFor({ kind: 'team', id: 'team_1' }, perMinute, 2)],
};
const OF_MANY: LimitSetting = {
  key: {},
  rules: Array.from({ length: RULES }, (_, index) => ruleFor({ kind: 'team', id: `team_${index}` }, PLENTY, index)),
};

const LOCAL = { store: 'memory', atOnce: 1 } as const;
const SHARED = [LOCAL, { store: 'redis', atOnce: 1 }, { store: 'redis', atOnce: 64 }] as const;

export const LIMIT_OPERATIONS: readonly Operation[] = [
  { name: 'no limits', on: [LOCAL], prepare: (store) => admission(store, { key: {}, rules: [] }) },
  { name: '3 limits', on: SHARED, prepare: (store) => admission(store, { key: PLENTY, rules: [] }) },
  { name: '8 limits', on: SHARED, prepare: (store) => admission(store, EIGHT) },
  { name: `3 limits, of ${RULES} rules`, on: [LOCAL], prepare: (store) => admission(store, OF_MANY) },
];

/** Lets a call in and ends it. */
function admission(store: KeyValue, { key, rules }: LimitSetting): () => Promise<void> | null {
  const compiled = new LimitRules(rules);
  const limits = new Limits(store, silentLogger, { rules: () => compiled });
  const call: LimitedCall = {
    principal: { ...principal.parse(principalExample), orgId: 'org_1', teamId: 'team_1', ...NO_LIMITS, ...key },
    callId: '',
    model: 'acme-chat',
    tags: ['batch'],
    endUserId: 'customer-1',
    sessionId: null,
    clientAddress: '192.0.2.1',
    tokensBound: TOKENS_BOUND,
    signal: null,
  };
  let calls = 0;
  return () => {
    const admitted = limits.admit({ ...call, callId: `req_${(calls += 1)}` });
    return admitted && admitted.then((share) => share.finish(TOKENS_USED));
  };
}

const NO_LIMITS = { requestsPerMinuteMax: null, tokensPerMinuteMax: null, concurrencyMax: null, modelLimits: [] };
