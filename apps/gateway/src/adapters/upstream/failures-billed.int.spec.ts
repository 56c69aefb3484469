import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  pricesSnapshot,
  principal as principalContract,
  principalExample,
  routingTableSnapshot,
  type Price,
  type UsageReport,
  type ValueOf,
} from '@ao/contracts';
import { AppError, SequentialIds, picoUsd, silentLogger, systemClock } from '@ao/kernel';
import { openMemoryKeyValue } from '@ao/keyvalue';
import { PriceBook } from '@ao/pricing';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { Budget } from '../../application/budget.js';
import type { InboundCall, Responder } from '../../application/calls/call.js';
import { attemptParts } from '../../application/calls/attempts/attempts.suite.js';
import { PerformCall } from '../../application/calls/perform-call.js';
import { Limits } from '../../application/limits/limits.js';
import { ModelState } from '../../application/model-state.js';
import type { LeaseBroker } from '../../application/ports.js';
import { RoutingTable, type Provider } from '@ao/router';
import { LeasePool } from '../../domain/lease-pool.js';
import { ProviderUpstream } from './provider-upstream.js';

type Billed = 'nothing' | 'prompt' | 'prompt + sent';

const prices = pricesSnapshot.value.parse(pricesSnapshot.example) as ValueOf<typeof pricesSnapshot>;
const rate = picoUsd(1_000_000n);
const price: Price = {
  ...prices.prices[0]!,
  model: 'm',
  provider: null,
  effectiveFromMs: 0,
  inputPico: rate,
  outputPico: rate,
};
const TIMEOUTS = { connectMs: 300, firstByteMs: 300, idleMs: 300, totalMs: 2_000 };
const SLOW_STREAM = 'output_tokens=1000&token_interval_ms=20';

describe('what a failed call is billed (docs/architecture.md)', () => {
  let simulator: Simulator;
  let redirecting: Server;
  let upstream: ProviderUpstream;

  beforeAll(async () => {
    simulator = await startSimulator();
    redirecting = createServer((request, response) => {
      request.resume();
      response.writeHead(302, { location: 'https://elsewhere.example' }).end();
    });
    await new Promise<void>((resolve) => void redirecting.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await simulator.stop();
    await new Promise((resolve) => redirecting.close(resolve));
  });
  beforeEach(() => {
    simulator.reset();
    upstream = new ProviderUpstream([], silentLogger);
  });
  afterEach(() => upstream.close());

  interface Case {
    stream: boolean;
    /** Default: the simulator. */
    baseUrl?: () => string;
    timeouts?: Partial<typeof TIMEOUTS>;
    /** When the caller leaves: before it was served, or as soon as something is true. */
    leavesWhen?: (out: { text: string }) => boolean;
  }

  async function perform({ stream, baseUrl, timeouts, leavesWhen }: Case): Promise<UsageReport> {
    const table = new RoutingTable(
      routingTableSnapshot.value.parse({
        version: 1,
        providers: [
          {
            id: 'p',
            name: 'p',
            kind: 'openai',
            baseUrl: baseUrl?.() ?? `${simulator.url}/v1`,
            sealedKey: null,
            timeouts: { ...TIMEOUTS, ...timeouts },
          },
        ],
        deployments: [{ id: 'd', modelGroup: 'm', providerId: 'p', model: 'm', source: 'config' }],
        aliases: [],
        // Each attempt is billed by itself: one is enough.
        settings: [{ orgId: null, settings: { retriesMax: 0 } }],
      }) as ValueOf<typeof routingTableSnapshot>,
      (sealed) => sealed,
    );
    upstream.update(table.providers);
    const state = new ModelState();
    state.table = table;
    state.prices = new PriceBook([price]);
    const reports: UsageReport[] = [];
    const options = {
      gatewayId: 'gw_1',
      clock: systemClock,
      ids: new SequentialIds(),
      logger: silentLogger,
      leaseIdleMs: 5_000,
    };
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
    const out = { text: '' };
    const responder: Responder = {
      head: () => undefined,
      write: (chunk) => void (out.text += chunk.toString()),
      end: () => undefined,
    };
    const caller = new AbortController();
    const leave = (): void => caller.abort(new AppError('stream_error', 'The caller left.'));
    if (leavesWhen?.(out)) leave();
    else if (leavesWhen) void waitFor(() => leavesWhen(out), { intervalMs: 5 }).then(leave);
    const call: InboundCall = {
      callId: 'req_1',
      correlationId: 'mine',
      protocolHeaders: {},
      inPath: null,
      endpoint: '/v1/chat/completions',
      principal: { ...principalContract.parse(principalExample), walletId: null },
      body: Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Why is it so?' }], stream })),
      ownKey: undefined,
      tags: [],
      featureId: null,
      endUserId: null,
      sessionId: null,
      startedAtMs: systemClock.nowMs(),
      startedMonotonicMs: systemClock.monotonicMs(),
      signal: caller.signal,
    };
    await performCall.execute(call, responder).catch(() => undefined);
    expect(reports).toHaveLength(1);
    return reports[0]!;
  }

  function billedFor({ usage, usageSource, cost }: UsageReport): Billed | 'provider' {
    if (usageSource === 'provider') return 'provider';
    if (usageSource === 'none') {
      expect(cost).toBe(0n);
      return 'nothing';
    }
    expect(usage.inputTokens).toBeGreaterThan(0);
    expect(cost).toBeGreaterThan(0n);
    return usage.outputTokens > 0 ? 'prompt + sent' : 'prompt';
  }

  const hasChunk = ({ text }: { text: string }): boolean => text.includes('"content"');
  const isAsked = (): boolean => simulator.counts.requests > 0;
  const nobody = (): string => 'http://127.0.0.1:1/v1';
  const redirect = (): string => `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`;

  it.each<[what: string, directives: string, plain: Billed, stream: Billed, change: Partial<Case>]>([
    ['cannot be reached', '', 'nothing', 'nothing', { baseUrl: nobody }],
    ['redirects', '', 'nothing', 'nothing', { baseUrl: redirect }],
    ['refuses with 400', 'fault=400', 'nothing', 'nothing', {}],
    ['refuses with 401', 'fault=401', 'nothing', 'nothing', {}],
    ['refuses with 429', 'fault=429', 'nothing', 'nothing', {}],
    ['fails with 500', 'fault=500', 'nothing', 'nothing', {}],
    ['fails with 503', 'fault=503', 'nothing', 'nothing', {}],
    ['fails with a page', 'fault=html_502', 'nothing', 'nothing', {}],
    ['resets the connection instead of an answer', 'fault=reset', 'prompt', 'prompt', {}],
    ['gives no answer in time', 'fault=silence', 'prompt', 'prompt', {}],
    ['breaks off in its answer', 'fault=cut', 'prompt', 'prompt + sent', {}],
    ['falls silent in its answer', 'fault=stall', 'prompt', 'prompt + sent', {}],
    [
      'takes longer than it may',
      `latency_ms=100&${SLOW_STREAM}`,
      'prompt',
      'prompt + sent',
      { timeouts: { totalMs: 250 } },
    ],
    ['sends what cannot be read', 'fault=malformed', 'prompt', 'prompt + sent', {}],
    ['reports an error in its answer', 'fault=stream_error', 'nothing', 'prompt + sent', {}],
  ])('[MT-009] a provider that %s', async (_what, directives, plain, stream, change) => {
    // Where only a stream takes its time, the plain answer must.
    simulator.script(directives.includes(SLOW_STREAM) ? 'latency_ms=1000' : directives, directives);
    expect(billedFor(await perform({ stream: false, ...change }))).toBe(plain);
    expect(billedFor(await perform({ stream: true, ...change }))).toBe(stream);
  });

  it.each<[what: string, stream: boolean, leavesWhen: NonNullable<Case['leavesWhen']>, billed: Billed]>([
    ['before the provider was called', false, () => true, 'nothing'],
    ['before the provider was called for a stream', true, () => true, 'nothing'],
    ['while the provider works', false, isAsked, 'prompt'],
    ['before the first chunk', true, isAsked, 'prompt'],
    ['after some chunks', true, hasChunk, 'prompt + sent'],
  ])('[MT-009] a caller that leaves %s', async (_what, stream, leavesWhen, billed) => {
    simulator.script(billed === 'prompt + sent' ? SLOW_STREAM : 'latency_ms=200');
    const report = await perform({ stream, leavesWhen });
    expect(billedFor(report)).toBe(billed);
    expect(report).toMatchObject({ status: 499, partial: true });
    if (billed !== 'nothing') await waitFor(() => simulator.counts.aborted === 1);
  });

  it.each([true, false])('[MT-009] is the figure of the provider where it gave one, stream: %s', async (stream) => {
    simulator.script('input_tokens=123&output_tokens=7');
    const report = await perform({ stream });
    expect([billedFor(report), report.usage.inputTokens, report.usage.outputTokens]).toEqual(['provider', 123, 7]);
  });
});
