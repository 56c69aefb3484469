import type { LimitRule, LimitScopeKind, Principal } from '@ao/contracts';
import { LIMITS_PER_CALL_MAX, type LimitRequest } from '@ao/keyvalue';
import { AppError } from '@ao/kernel';
import { countedAddress } from './client-address.js';
import type { AppliedRule, LimitRules } from './limit-rules.js';
import { SLOT_LEASE_MS } from './limit-store.js';
import { spareOf, type ThrottleOptions } from './throttle.js';

const MINUTE_MS = 60_000;

/** What the limits of a call depend on. */
export interface LimitedCall {
  principal: Principal;
  callId: string;
  /** The group of deployments, or the model itself where there is none. */
  model: string;
  tags: readonly string[];
  endUserId: string | null;
  sessionId: string | null;
  /** As the connection, or a trusted proxy, tells it. */
  clientAddress: string | null;
  /** Never below the tokens of the prompt; corrected when the call ends. */
  tokensBound: number;
  /** Ends a wait. */
  signal: AbortSignal | null;
  /** Told what the caller is to read of its limits, on whatever answer follows. */
  onLimits?: (headers: Record<string, string>) => void;
}

export type Measure = 'requests' | 'tokens' | 'calls';

/** One limit that a call is held to. */
export interface CallLimit {
  request: LimitRequest;
  measure: Measure;
  /** For whom it was set, in words. */
  whose: string;
  /** With callers of other keys. */
  isShared: boolean;
}

/** Where limits come from: numbers, and under which name they are counted. */
interface LimitSource extends Pick<LimitRule, 'requestsPerMinuteMax' | 'tokensPerMinuteMax' | 'concurrencyMax'> {
  counter: string;
  whose: string;
  isShared?: boolean;
  /** Requests are counted over the last minute, without the burst that a bucket allows. */
  isSliding?: boolean;
}

/**
 * Every limit that applies to a call: its key's, and those of whatever scope.
 * @throws AppError `invalid_parameter` for more of them than one step can decide: none is left out.
 */
export function limitsOf(call: LimitedCall, rules: LimitRules, throttle: ThrottleOptions): CallLimit[] {
  const limits: CallLimit[] = [];
  const add = (source: LimitSource): void => addLimits(limits, source, call, throttle);
  for (const source of keySources(call)) add(source);
  const applied = rules.applyingTo(call.principal.orgId, () => scopeValues(call), call.model);
  for (const rule of applied) add(ruleSource(rule));
  if (limits.length <= LIMITS_PER_CALL_MAX) return limits;
  throw new AppError(
    'invalid_parameter',
    `${limits.length} limits apply to this call, and at most ${LIMITS_PER_CALL_MAX} can. Name fewer tags.`,
    { param: 'tags' },
  );
}

function keySources({ principal, model, clientAddress, sessionId }: LimitedCall): LimitSource[] {
  const { keyId } = principal;
  const sources: LimitSource[] = [{ ...principal, counter: keyId, whose: 'this key' }];
  const ofModel = principal.modelLimits.find((limit) => limit.model === model);
  if (ofModel) {
    sources.push({
      ...ofModel,
      concurrencyMax: null,
      counter: `${keyId}:model:${model}`,
      whose: `this key on ${model}`,
    });
  }
  const perMinute = (requestsPerMinuteMax: number | null, counter: string, whose: string): void => {
    const others = { tokensPerMinuteMax: null, concurrencyMax: null, isSliding: true };
    if (requestsPerMinuteMax !== null) sources.push({ requestsPerMinuteMax, ...others, counter, whose });
  };
  if (clientAddress !== null) {
    const address = countedAddress(clientAddress);
    perMinute(principal.requestsPerMinutePerAddressMax, `${keyId}:address:${address}`, 'your address');
  }
  if (sessionId !== null) {
    perMinute(principal.requestsPerMinutePerSessionMax, `${keyId}:session:${sessionId}`, 'this session');
  }
  return sources;
}

/** Those that many callers share, and that the calls of low priority leave to the others when they run short. */
const SHARED: ReadonlySet<LimitScopeKind> = new Set(['organisation', 'team']);

function ruleSource({ rule, value }: AppliedRule): LimitSource {
  const { kind, id } = rule.scope;
  const whom = kind === 'organisation' ? 'the organisation' : `the ${kind.replace('_', ' ')} ${value}`;
  return {
    ...rule,
    counter: id === null && kind !== 'organisation' ? `${rule.id}:${value}` : rule.id,
    whose: rule.model === null ? whom : `${whom} on ${rule.model}`,
    isShared: SHARED.has(kind),
    isSliding: kind === 'ip',
  };
}

const scopeValues = ({ principal, clientAddress, endUserId, tags }: LimitedCall): Record<LimitScopeKind, string[]> => ({
  organisation: [principal.orgId],
  team: some(principal.teamId),
  user: some(principal.userId),
  key: [principal.keyId],
  end_user: some(endUserId),
  ip: clientAddress === null ? [] : [countedAddress(clientAddress)],
  tag: [...tags],
});

/** As long as an id of a scope may be. */
const VALUE_LENGTH_MAX = 256;
const some = (value: string | null): string[] => (value ? [value.slice(0, VALUE_LENGTH_MAX)] : []);

function addLimits(limits: CallLimit[], source: LimitSource, call: LimitedCall, throttle: ThrottleOptions): void {
  const { counter, whose, isShared = false, isSliding = false } = source;
  const { requestsPerMinuteMax: requests, tokensPerMinuteMax: tokens, concurrencyMax: calls } = source;
  const spared = (limit: number): { spare?: number } => {
    const spare = isShared ? spareOf(call.principal.priority, limit, throttle) : 0;
    return spare === 0 ? {} : { spare };
  };
  const add = (measure: Measure, request: LimitRequest): void =>
    void limits.push({ request, measure, whose, isShared });
  if (requests !== null) {
    const key = `requests:${counter}`;
    const taken = { key, amount: 1, ...spared(requests) };
    if (isSliding) add('requests', { kind: 'window', limit: requests, windowMs: MINUTE_MS, ...taken });
    else add('requests', { kind: 'bucket', capacity: requests, refillMs: MINUTE_MS, ...taken });
  }
  if (tokens !== null) {
    const taken = { key: `tokens:${counter}`, amount: call.tokensBound, ...spared(tokens) };
    add('tokens', { kind: 'window', limit: tokens, windowMs: MINUTE_MS, ...taken });
  }
  if (calls !== null) {
    const holder = { key: `calls:${counter}`, holder: call.callId, leaseMs: SLOT_LEASE_MS };
    add('calls', { kind: 'slots', limit: calls, ...holder, ...spared(calls) });
  }
}

/** What corrects the tokens of a call to what it used, and gives its slots back. */
export function settlement(
  limits: readonly Pick<CallLimit, 'request' | 'measure'>[],
  correction: number,
): LimitRequest[] {
  return limits.flatMap(({ request, measure }): LimitRequest[] => {
    if (request.kind === 'slots') return [{ ...request, release: true }];
    if (measure !== 'tokens' || correction === 0) return [];
    return [{ ...request, amount: correction, force: true }];
  });
}
