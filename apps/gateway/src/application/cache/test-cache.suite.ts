import {
  principal,
  principalExample,
  usageReportedV1,
  usageReportExample,
  type CacheSettings,
  type Principal,
  type UsageReport,
} from '@ao/contracts';
import { SecretBox } from '@ao/config';
import { ManualClock, SequentialIds, silentLogger, nanoUsd } from '@ao/kernel';
import { openMemoryKeyValue, type KeyValue } from '@ao/keyvalue';
import type { InboundCall, Responder } from '../calls/call.js';
import { CacheFiguresStore } from './cache-figures.js';
import type { CacheFacts, CacheHit, CacheMiss, CacheTurn } from './cache-turn.js';
import { EntryStore } from './entry-store.js';
import { Flights } from './flights.js';
import { ResponseCache, type FoundAnswer } from './response-cache.js';
import { SemanticLookup } from './semantic-lookup.js';

/** The direction at an angle whose cosine to that of 1 is given. */
export const at = (cosine: number): Float32Array => Float32Array.from([cosine, Math.sqrt(1 - cosine * cosine)]);

export const settings: CacheSettings = {
  mode: 'default_on',
  ttlMs: 60_000,
  ttlMsByTeam: {},
  ttlMsByModel: {},
  namespace: '',
  callTypes: null,
  semantic: null,
  answerBytesMax: 10_000,
  organisationBytesPerHourMax: 1_000_000,
};

export const COST = nanoUsd(2_500n);

/** One gateway's cache; several over one store are several replicas. */
export function openCache(
  given: {
    store?: KeyValue;
    clock?: ManualClock;
    settings?: Partial<CacheSettings>;
    vectors?: Record<string, number>;
  } = {},
) {
  const clock = given.clock ?? new ManualClock();
  const store = given.store ?? openMemoryKeyValue({ clock });
  const box = new SecretBox(Buffer.alloc(32, 7));
  const entries = new EntryStore(store, {
    seal: (text, of) => box.seal(text, of),
    open: (sealed, of) => box.open(sealed, of),
    ids: new SequentialIds(),
    logger: silentLogger,
  });
  const figures = new CacheFiguresStore(store, entries);
  const embedded: string[] = [];
  const semantic = new SemanticLookup(store.vectors, entries, async (_call, _model, text) => {
    embedded.push(text);
    const cosine = given.vectors?.[text];
    return cosine === undefined ? null : at(cosine);
  });
  const flights = new Flights<FoundAnswer>(store, clock);
  const options = { entries, flights, semantic, figures, clock, logger: silentLogger };
  const cache = new ResponseCache({ ...settings, ...given.settings }, options);
  return { cache, clock, store, entries, figures, embedded };
}

export type TestCache = ReturnType<typeof openCache>;

export const facts: CacheFacts = {
  model: 'chat',
  modelGroup: 'chat',
  stream: false,
  includeUsage: false,
  includeCost: false,
  mediaOutput: false,
  ownKey: false,
};

let calls = 0;

export function callOf(body: object, more: Partial<InboundCall> & { as?: Partial<Principal> } = {}): InboundCall {
  const { as, ...rest } = more;
  calls += 1;
  return {
    callId: `req_${calls}`,
    correlationId: 'c',
    endpoint: '/v1/chat/completions',
    principal: { ...principal.parse(principalExample), ...as },
    body: Buffer.from(JSON.stringify(body)),
    inPath: null,
    protocolHeaders: {},
    ownKey: undefined,
    tags: [],
    endUserId: null,
    sessionId: null,
    featureId: null,
    startedAtMs: 0,
    startedMonotonicMs: 0,
    signal: new AbortController().signal,
    ...rest,
  };
}

export const question = (text: string, more: object = {}): object => ({
  model: 'chat',
  messages: [{ role: 'user', content: text }],
  ...more,
});

export const completion = (content: string, finish = 'stop', more: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      id: 'c1',
      object: 'chat.completion',
      created: 1,
      model: 'sim',
      choices: [{ index: 0, message: { role: 'assistant', content, ...more }, finish_reason: finish, logprobs: null }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    }),
  );

export const reportOf = (more: Partial<UsageReport> = {}): UsageReport => ({
  ...usageReportedV1.payload.parse(usageReportExample),
  cost: COST,
  modelGroup: 'chat',
  ...more,
});

const NOWHERE: Responder = { head: () => undefined, write: () => undefined, end: () => undefined };

/** Answers a call that was not in the cache, as its provider would have, and waits until that is kept. */
export async function answer(
  { cache }: Pick<TestCache, 'cache'>,
  turn: CacheTurn | null,
  body: Buffer,
  { report = reportOf(), status = 200 }: { report?: UsageReport | null; status?: number } = {},
): Promise<void> {
  const miss = expectMiss(turn);
  const out = miss.record(NOWHERE);
  out.head(status, { 'content-type': report?.stream ? 'text/event-stream' : 'application/json' });
  out.end(body);
  miss.finish(report);
  await cache.whenSaved();
}

export function expectMiss(turn: CacheTurn | null): CacheMiss {
  if (turn?.kind !== 'miss') throw new Error(`expected a miss, got ${turn?.kind}`);
  return turn;
}

export function expectHit(turn: CacheTurn | null): CacheHit {
  if (turn?.kind !== 'hit') throw new Error(`expected a hit, got ${turn?.kind}`);
  return turn;
}

/** What a call's answer says of the cache. */
export function headersOf(miss: CacheMiss): Record<string, string> {
  let told: Record<string, string> = {};
  miss.record({ ...NOWHERE, head: (_status, headers) => (told = headers) }).head(200, {});
  return told;
}
