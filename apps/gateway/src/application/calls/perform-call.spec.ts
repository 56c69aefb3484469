import {
  pricesSnapshot,
  principal as principalContract,
  principalExample,
  routingTableSnapshot,
  type Price,
  type UsageReport,
  type ValueOf,
} from '@ao/contracts';
import { AppError, ManualClock, SequentialIds, picoUsd, silentLogger } from '@ao/kernel';
import { openMemoryKeyValue } from '@ao/keyvalue';
import { PriceBook } from '@ao/pricing';
import { LeasePool } from '../../domain/lease-pool.js';
import { Budget } from '../budget.js';
import { Limits } from '../limits/limits.js';
import { ModelState } from '../model-state.js';
import type { LeaseBroker, Upstream, UpstreamAnswer } from '../ports.js';
import { RoutingTable, type Provider } from '@ao/router';
import type { InboundCall, Responder } from './call.js';
import { attemptParts } from './attempts/attempts.suite.js';
import { PerformCall } from './perform-call.js';

const IMAGE = `data:image/png;base64,${'A'.repeat(400_000)}`;
const CHUNK = 'data: {"choices":[{"index":0,"delta":{"content":"hello"}}]}\n\n';
const priceExample = (pricesSnapshot.value.parse(pricesSnapshot.example) as ValueOf<typeof pricesSnapshot>).prices[0]!;
const price: Price = {
  ...priceExample,
  model: 'm',
  provider: null,
  effectiveFromMs: 0,
  inputPico: picoUsd(1_000_000n),
  outputPico: picoUsd(1_000_000n),
};
const table = routingTableSnapshot.value.parse({
  version: 1,
  providers: [{ id: 'p', name: 'p', kind: 'openai', baseUrl: 'https://p.example', sealedKey: null, timeouts: {} }],
  deployments: [{ id: 'd', modelGroup: 'm', providerId: 'p', model: 'm', source: 'config' }],
  aliases: [],
}) as ValueOf<typeof routingTableSnapshot>;

/** The other side of the caller's port. */
const nobody: Responder = { head: () => undefined, write: () => undefined, end: () => undefined };

/** Runs one call against a provider that answers as told, and gives what was recorded of it. */
async function perform(
  body: string,
  answer: (leave: () => void) => Partial<UpstreamAnswer> | Promise<Partial<UpstreamAnswer>>,
  endpoint: InboundCall['endpoint'] = '/v1/chat/completions',
): Promise<{ report: UsageReport; error: AppError | null }> {
  const clock = new ManualClock();
  const reports: UsageReport[] = [];
  const caller = new AbortController();
  const leave = (): void => caller.abort(new AppError('stream_error', 'The caller left.'));
  const upstream: Upstream = {
    send: async () => ({ status: 200, headers: {}, ...(await answer(leave)) }) as UpstreamAnswer,
  };
  const state = new ModelState();
  state.prices = new PriceBook([price]);
  state.table = new RoutingTable(table, (sealed) => sealed);
  const options = { gatewayId: 'gw_1', clock, ids: new SequentialIds(), logger: silentLogger, leaseIdleMs: 5_000 };
  const performCall = new PerformCall(
    state,
    new Limits(openMemoryKeyValue(), silentLogger),
    new Budget(new LeasePool(), {} as LeaseBroker, options),
    upstream,
    { begin: () => undefined, end: (report) => void reports.push(report), isFull: () => false },
    {
      ...options,
      limits: { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null, inputsMax: null },
      direct: { enabled: false, provider: {} as Provider },
      dropParams: false,
      ...attemptParts(state, options.clock),
      onSettled: () => undefined,
    },
  );
  const call: InboundCall = {
    callId: 'req_1',
    correlationId: 'mine',
    protocolHeaders: {},
    inPath: null,
    endpoint,
    principal: { ...principalContract.parse(principalExample), walletId: null },
    body: Buffer.from(body),
    ownKey: undefined,
    endUserId: null,
    sessionId: null,
    tags: [],
    featureId: null,
    startedAtMs: clock.nowMs(),
    startedMonotonicMs: 0,
    signal: caller.signal,
  };
  const error = await performCall.execute(call, nobody).then(
    () => null,
    (thrown: unknown) => thrown as AppError,
  );
  return { report: reports[0]!, error };
}

const whole = (text: string) => () => ({ readAll: async () => Buffer.from(text) });
const stream = (parts: string[], failure?: Error) => (leave: () => void) => ({
  body: (async function* () {
    for (const part of parts) yield Buffer.from(part);
    if (!failure) return;
    leave();
    throw failure;
  })(),
});
const chat = (extra: object = {}): string =>
  JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'why is the sky blue?' }], ...extra });

describe('a call that the provider serves otherwise', () => {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 };

  it('[BX-011] is charged as it was served, not as it was asked for', async () => {
    const answer = JSON.stringify({ service_tier: 'default', choices: [], usage });
    const { report } = await perform(chat({ service_tier: 'priority' }), whole(answer));
    expect(report).toMatchObject({ serviceTier: null, cost: 1_000_000_000n });
  });

  it('[BX-011] is charged as it was served, whole and streamed', async () => {
    const complete = await perform(chat(), whole(JSON.stringify({ service_tier: 'priority', choices: [], usage })));
    const parts = [
      'data: {"service_tier":"priority","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      `data: ${JSON.stringify({ service_tier: 'priority', choices: [], usage })}\n\n`,
      'data: [DONE]\n\n',
    ];
    const streamed = await perform(chat({ stream: true }), stream(parts));
    for (const { report } of [complete, streamed]) {
      expect(report).toMatchObject({ serviceTier: 'priority', cost: 4_250_000_000n, usageSource: 'provider' });
    }
  });
});

describe('a call that the provider reports no usage of', () => {
  it('[MT-009] bills the prompt of a caller that leaves before the answer', async () => {
    const { report } = await perform(chat(), (leave) => {
      leave();
      throw new AppError('stream_error', 'The caller left.');
    });
    expect(report).toMatchObject({ status: 499, usageSource: 'estimated', partial: true });
    expect(report.usage.inputTokens).toBeGreaterThan(4);
    expect(report.cost).toBeGreaterThan(0n);
  });

  it('[MT-009] bills the prompt of a caller that leaves a stream before its first chunk', async () => {
    const { report } = await perform(chat({ stream: true }), stream([], new Error('gone')));
    expect([report.status, report.usageSource]).toEqual([499, 'estimated']);
  });

  it('bills the prompt when the answer cannot be read', async () => {
    const { report, error } = await perform(chat(), whole('<html>'));
    expect(error).toMatchObject({ code: 'upstream_error' });
    expect(report).toMatchObject({ status: 502, usageSource: 'estimated' });
  });

  it('answers 502 to embeddings that cannot be read', async () => {
    const { error } = await perform('{"model":"m","input":"a"}', whole('<html>'), '/v1/embeddings');
    expect(error).toMatchObject({ code: 'upstream_error' });
  });

  it('bills nothing that the provider refused or failed to begin', async () => {
    const refused = await perform(chat(), () => ({ status: 429, readAll: async () => Buffer.from('{}') }));
    const failed = await perform(chat({ stream: true }), stream(['data: {"error":{"message":"overloaded"}}\n\n']));
    const away = await perform(chat(), () => Promise.reject(new AppError('upstream_error', 'away')));
    for (const { report } of [refused, failed, away]) expect(report).toMatchObject({ usageSource: 'none', cost: 0n });
  });

  it('bills a request that only a lenient provider can read', async () => {
    const body = chat({ stream: true }).replace('sky', 'sk\\y');
    const { report } = await perform(body, stream([CHUNK], new Error('gone')));
    expect(report).toMatchObject({ status: 499, usageSource: 'estimated', usage: { outputTokens: 2 } });
    expect(report.usage.inputTokens).toBeGreaterThan(0);
  });

  it('bills an image as the image that was reserved, not as the text that carries it', async () => {
    const content = [{ type: 'image_url', image_url: { url: IMAGE } }];
    const body = chat({ stream: true, messages: [{ role: 'user', content }] });
    const { report } = await perform(body, stream([CHUNK], new Error('gone')));
    expect(report.usage.inputTokens).toBeLessThan(60_000);
  });
});
