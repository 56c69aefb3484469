import { encodeMessage } from '@ao/bus';
import { pricesSnapshot, principal, principalExample, usageReportedV1, type ValueOf } from '@ao/contracts';
import { picoUsd } from '@ao/kernel';
import { cost, usageOf, type PriceRow } from '@ao/pricing';
import fc from 'fast-check';
import type { Provider } from '@ao/router';
import { answerHeaders } from './answer-headers.js';
import type { InboundCall } from './call.js';
import { CallRecord } from './call-record.js';
import type { Route } from './route.js';

const call: InboundCall = {
  callId: 'req_1',
  correlationId: 'mine',
  protocolHeaders: {},
  inPath: null,
  endpoint: '/v1/chat/completions',
  principal: principal.parse(principalExample),
  body: Buffer.from('{}'),
  ownKey: undefined,
  endUserId: null,
  sessionId: null,
  tags: [],
  featureId: null,
  startedAtMs: 1,
  startedMonotonicMs: 1,
  signal: new AbortController().signal,
};
const attribution = { tags: [], endUserId: null };
const route: Route = {
  provider: { name: 'n'.repeat(200) } as Provider,
  model: 'm',
  deploymentId: 'd',
  deployment: null,
  modelGroup: 'g',
  direct: false,
  ownKey: false,
  decision: {
    strategy: 'simple-shuffle',
    candidates: Array.from({ length: 500 }, (_, index) => ({ deploymentId: `d${index}`, dropped: null })),
  },
};

const price = (id: string, inputPico: bigint): PriceRow => ({
  ...(pricesSnapshot.value.parse(pricesSnapshot.example) as ValueOf<typeof pricesSnapshot>).prices[0]!,
  id,
  inputPico: picoUsd(inputPico),
});
const recordOf = (first: PriceRow | undefined): CallRecord =>
  new CallRecord({
    gatewayId: 'gw_1',
    call,
    route: { ...route, provider: { name: 'first', vendor: 'openai' } as Provider },
    requestedModel: 'm',
    stream: false,
    attribution,
    price: first,
    reservation: null,
  });
const elsewhere = { ...route, provider: { name: 'second', vendor: 'second' } as Provider, model: 'other' };

describe('the attempts of a call', () => {
  it('names none when there was one', () => {
    const record = recordOf(price('prc_1', 1_000n));
    Object.assign(record, { status: 200, usage: usageOf({ inputTokens: 3 }), usageSource: 'provider' });
    expect(record.end(5)).toMatchObject({ provider: 'first', vendor: 'openai', priceId: 'prc_1', cost: 3n });
    expect(record.end(5)).not.toHaveProperty('attempts');
  });

  it('are each costed by the price of where they were, and the call by their sum', () => {
    const record = recordOf(price('prc_1', 1_000n));
    Object.assign(record, {
      status: 502,
      errorCode: 'upstream_error',
      usage: usageOf({ inputTokens: 3 }),
      usageSource: 'estimated',
    });
    record.goOnAt({ route: elsewhere, price: price('prc_2', 5_000n) }, 'failover', 101);
    Object.assign(record, {
      status: 200,
      usage: usageOf({ inputTokens: 7, outputTokens: 0 }),
      usageSource: 'provider',
    });
    expect(record.cost).toBe(38n);
    const report = usageReportedV1.payload.decode(usageReportedV1.payload.encode(record.end(250)));
    expect(report).toMatchObject({
      provider: 'second',
      model: 'other',
      priceId: 'prc_2',
      status: 200,
      errorCode: null,
      cost: 38n,
      usage: { inputTokens: 10 },
      usageSource: 'estimated',
      durationMs: 250,
      attempts: [
        {
          provider: 'first',
          vendor: 'openai',
          priceId: 'prc_1',
          status: 502,
          errorCode: 'upstream_error',
          cost: 3n,
          startedAtMs: 1,
          durationMs: 100,
        },
        {
          provider: 'second',
          model: 'other',
          priceId: 'prc_2',
          status: 200,
          errorCode: null,
          cost: 35n,
          startedAtMs: 101,
          durationMs: 150,
        },
      ],
    });
  });

  it('add up to what the call costs and consumes, whatever they are', () => {
    const use = fc.record({ tokens: fc.nat(10_000_000), inputPico: fc.option(fc.bigInt(0n, 10n ** 12n)) });
    fc.assert(
      fc.property(fc.array(use, { minLength: 1, maxLength: 20 }), (uses) => {
        const priced = uses.map(({ inputPico }, at) =>
          inputPico === null ? undefined : price(`prc_${at}`, inputPico),
        );
        const record = recordOf(priced[0]);
        uses.forEach(({ tokens }, at) => {
          if (at > 0) record.goOnAt({ route: elsewhere, price: priced[at] }, 'failover', at);
          Object.assign(record, { usage: usageOf({ inputTokens: tokens }), usageSource: 'provider' });
        });
        const costs = uses.map(({ tokens }, at) =>
          priced[at] ? cost(usageOf({ inputTokens: tokens }), priced[at]) : 0n,
        );
        const report = record.end(100);
        expect(report.cost).toBe(costs.reduce<bigint>((sum, of) => sum + of, 0n));
        expect(report.attempts?.map((attempt) => attempt.cost) ?? costs).toEqual(costs);
        expect(report.usage.inputTokens).toBe(uses.reduce((sum, { tokens }) => sum + tokens, 0));
      }),
    );
  });

  it('are no more than a report can hold', () => {
    const record = recordOf(undefined);
    for (let at = 1; at < 20; at += 1) record.goOnAt({ route: elsewhere, price: undefined }, 'failover', at);
    expect(record.end(30).attempts).toHaveLength(20);
    expect(() => record.goOnAt({ route: elsewhere, price: undefined }, 'failover', 21)).toThrow(RangeError);
  });
});

describe('the record of a call', () => {
  it('[MT-008] keeps to its contract, however long the words of the caller and the provider are: none gets lost', () => {
    const record = new CallRecord({
      gatewayId: 'gw_1',
      call,
      route,
      requestedModel: 'm',
      stream: false,
      attribution: { tags: [], endUserId: 'u'.repeat(10_000) },
      price: undefined,
      reservation: null,
    });
    Object.assign(record, { status: 999, errorCode: 'e'.repeat(1_000), finishReason: 'f'.repeat(1_000) });
    // Throws for what breaks the contract.
    const report = encodeMessage(usageReportedV1.payload, record.end(5), usageReportedV1.subject);
    expect(JSON.parse(report)).toMatchObject({ status: 599, endUserId: 'u'.repeat(256) });
  });
});

describe('the cost of a call', () => {
  const price = (pricesSnapshot.value.parse(pricesSnapshot.example) as ValueOf<typeof pricesSnapshot>).prices[0]!;
  const recordOf = (changes: object): CallRecord => {
    const options = { gatewayId: 'gw_1', call, route, requestedModel: 'm', stream: false, attribution };
    const record = new CallRecord({
      ...options,
      price: { ...price, perCallPico: picoUsd(7_000_000n) },
      reservation: null,
    });
    return Object.assign(record, changes);
  };

  it('[BX-012] holds the flat price of one call once anything was consumed, and nothing before', () => {
    expect(recordOf({ usageSource: 'none' }).cost).toBe(0n);
    const record = recordOf({ usageSource: 'provider', usage: usageOf({ inputTokens: 1_000 }) });
    expect(record.cost).toBe(2_507_000n);
    expect(record.end(1)).toMatchObject({ usage: { calls: 1, inputTokens: 1_000 }, cost: 2_507_000n });
  });

  it('[BX-011] is that of the service by which the provider served it', () => {
    const record = recordOf({
      usageSource: 'provider',
      usage: usageOf({ inputTokens: 1_000 }),
      serviceTier: 'priority',
    });
    expect(record.cost).toBe(4_257_000n);
    expect(record.end(1)).toMatchObject({ serviceTier: 'priority' });
  });
});

describe('the headers of an answer', () => {
  it('can be sent whatever a provider or a model is called', () => {
    const named = { ...route, provider: { name: 'Köln – 1\r\nx: y' } as Provider, model: '模型\ud800' };
    const headers = new Headers(
      answerHeaders({ ...named, modelGroup: 'größe' }, null, { overheadMs: 1, durationMs: 2 }),
    );
    expect(headers.get('x-ao-provider')).toBe('K%C3%B6ln %E2%80%93 1%0D%0Ax: y');
    expect(headers.get('x-ao-model')).toBe('%E6%A8%A1%E5%9E%8B%EF%BF%BD');
  });
});
