import { SecretBox } from '@ao/config';
import { principal, principalExample, usageReport, usageReportExample, type CacheSettings } from '@ao/contracts';
import { askOf, createResponseCache, ruleFor, type CacheFacts, type InboundCall } from '@ao/gateway/simulation';
import { silentLogger, systemClock, SequentialIds } from '@ao/kernel';
import type { KeyValue } from '@ao/keyvalue';
import type { Operation } from './operation.js';

const SETTINGS: CacheSettings = {
  mode: 'default_on',
  ttlMs: 3_600_000,
  ttlMsByTeam: {},
  ttlMsByModel: {},
  namespace: '',
  callTypes: null,
  semantic: null,
  answerBytesMax: 1_048_576,
  organisationBytesPerHourMax: 1_073_741_824,
};
const MODEL = 'acme-chat';
const KILOBYTE = 1_024;
const VECTORS = 1_000;
/** A Redis without vector sets keeps no more of one namespace. */
const VECTORS_UNINDEXED = 100;
/** As many as the embeddings that most use have. */
const DIMENSIONS = 1_536;
const NEIGHBOURS = 3;

const LOCAL = { store: 'memory', atOnce: 1 } as const;
const SHARED = [LOCAL, { store: 'redis', atOnce: 1 }] as const;

export const CACHE_OPERATIONS: readonly Operation[] = [
  { name: 'cache off', on: [LOCAL], prepare: beginOff },
  { name: 'key of a request of 1 KB', on: [LOCAL], prepare: () => keying(KILOBYTE) },
  { name: 'key of a request of 100 KB', on: [LOCAL], prepare: () => keying(100 * KILOBYTE) },
  { name: 'miss, 1 KB', on: SHARED, prepare: missing },
  { name: 'hit, 1 KB', on: SHARED, prepare: (store) => hitting(store, false) },
  { name: 'hit as a stream, 1 KB', on: SHARED, prepare: (store) => hitting(store, true) },
  { name: `nearest of ${VECTORS} vectors`, on: [LOCAL], prepare: (store) => searching(store, VECTORS) },
  {
    name: `nearest of ${VECTORS_UNINDEXED} vectors`,
    on: SHARED,
    prepare: (store) => searching(store, VECTORS_UNINDEXED),
  },
];

function beginOff(store: KeyValue): () => unknown {
  const cache = openCache(store, { ...SETTINGS, mode: 'off' });
  const call = callOf(KILOBYTE);
  return () => cache.begin(call, factsOf(false));
}

/** Reads the request, too: without it there is no key. */
function keying(bytes: number): () => unknown {
  const call = callOf(bytes);
  const facts = factsOf(false);
  const rule = ruleFor(call, facts, SETTINGS)!;
  return () => askOf(call, facts, rule);
}

/** Looks in vain, and lets others ask. */
function missing(store: KeyValue): () => Promise<void> {
  const cache = openCache(store);
  const call = callOf(KILOBYTE, 'never answered');
  const facts = factsOf(false);
  return async () => {
    const turn = await cache.begin(call, facts);
    if (turn?.kind !== 'miss') throw new Error(`a miss was expected, not ${turn?.kind}`);
    turn.finish(null);
  };
}

/** Finds an answer and makes it ready to be sent. */
async function hitting(store: KeyValue, stream: boolean): Promise<() => Promise<void>> {
  const cache = openCache(store);
  const call = callOf(KILOBYTE, `answered ${stream}`);
  const first = await cache.begin(call, factsOf(false));
  if (first?.kind !== 'miss') throw new Error(`a miss was expected, not ${first?.kind}`);
  const out = first.record({ head: () => undefined, write: () => undefined, end: () => undefined });
  out.head(200, { 'content-type': 'application/json' });
  out.end(ANSWER);
  first.finish(usageReport.parse({ ...usageReportExample, modelGroup: MODEL }));
  await cache.whenSaved();
  const facts = factsOf(stream);
  return async () => {
    const turn = await cache.begin(call, facts);
    if (turn?.kind !== 'hit' || turn.replay.isStream !== stream)
      throw new Error(`a hit was expected, not ${turn?.kind}`);
  };
}

/** What a semantic look-up does once it has the vector of its question. */
async function searching({ vectors }: KeyValue, count: number): Promise<() => Promise<void>> {
  const [set, partition] = ['questions', 'chat'];
  for (let index = 0; index < count; index += 1) {
    const stored = { partition, id: `question_${index}`, vector: direction(index) };
    await vectors.add(set, stored, { ttlMs: 3_600_000, vectorsMax: count });
  }
  const sought = { partition, vector: direction(7) };
  return async () => {
    const [nearest] = await vectors.nearest(set, sought, NEIGHBOURS);
    if (nearest?.id !== 'question_7') throw new Error(`another vector was nearest: ${nearest?.id}`);
  };
}

/** Of length 1, another one for each number. */
function direction(seed: number): Float32Array {
  const vector = Float32Array.from({ length: DIMENSIONS }, (_, index) => {
    const noise = Math.sin(seed * 127.1 + index * 311.7) * 43_758.5;
    return noise - Math.floor(noise) - 0.5;
  });
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const openCache = (keyValue: KeyValue, settings = SETTINGS) =>
  createResponseCache({
    settings,
    keyValue,
    secretBox: new SecretBox(Buffer.alloc(32, 7)),
    perform: () => Promise.reject(new Error('nothing is embedded here')),
    clock: systemClock,
    ids: new SequentialIds(),
    logger: silentLogger,
  }).cache;

const factsOf = (stream: boolean): CacheFacts => ({
  model: MODEL,
  modelGroup: MODEL,
  stream,
  includeUsage: false,
  includeCost: false,
  mediaOutput: false,
  ownKey: false,
});

/** A conversation of about so many bytes. */
function callOf(bytes: number, text = 'a question'): InboundCall {
  const messages = [{ role: 'user', content: text.padEnd(200) }];
  while (JSON.stringify(messages).length < bytes - 250) messages.push({ role: 'user', content: 'word '.repeat(40) });
  return {
    callId: 'req_1',
    correlationId: 'req_1',
    endpoint: '/v1/chat/completions',
    principal: principal.parse(principalExample),
    body: Buffer.from(JSON.stringify({ model: MODEL, temperature: 0, messages })),
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
  };
}

const ANSWER = Buffer.from(
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: MODEL,
    choices: [
      { index: 0, message: { role: 'assistant', content: 'word '.repeat(160) }, finish_reason: 'stop', logprobs: null },
    ],
    usage: { prompt_tokens: 200, completion_tokens: 160, total_tokens: 360 },
  }),
);
