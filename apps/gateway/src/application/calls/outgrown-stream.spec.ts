import {
  pricesSnapshot,
  principal as principalContract,
  principalExample,
  routingTableSnapshot,
  type Price,
  type UsageReport,
  type ValueOf,
} from '@ao/contracts';
import { AppError, ManualClock, SequentialIds, maxUsd, minUsd, nanoUsd, picoUsd, silentLogger } from '@ao/kernel';
import { openMemoryKeyValue } from '@ao/keyvalue';
import { PriceBook } from '@ao/pricing';
import { LeasePool } from '../../domain/lease-pool.js';
import { Budget } from '../budget.js';
import { Limits } from '../limits/limits.js';
import { ModelState } from '../model-state.js';
import { payersOf } from '../payers.js';
import type { LeaseBroker, Upstream, UpstreamAnswer } from '../ports.js';
import { RoutingTable, type Provider } from '@ao/router';
import type { InboundCall, Responder } from './call.js';
import { attemptParts } from './attempts/attempts.suite.js';
import { PerformCall } from './perform-call.js';

/** One nano-dollar per token, in and out. */
const PRICE = picoUsd(1_000n);
const TTL_MS = 60_000;
const caller = { ...principalContract.parse(principalExample), walletId: 'leaf' };
const prices = pricesSnapshot.value.parse(pricesSnapshot.example) as ValueOf<typeof pricesSnapshot>;
const price: Price = {
  ...prices.prices[0]!,
  model: 'm',
  provider: null,
  effectiveFromMs: 0,
  inputPico: PRICE,
  outputPico: PRICE,
  cachedInputPico: null,
  outputTokensMax: 100_000,
};
const table = routingTableSnapshot.value.parse({
  version: 1,
  providers: [{ id: 'p', name: 'p', kind: 'openai', baseUrl: 'https://p.example', sealedKey: null, timeouts: {} }],
  deployments: [{ id: 'd', modelGroup: 'm', providerId: 'p', model: 'm', source: 'config' }],
  aliases: [],
}) as ValueOf<typeof routingTableSnapshot>;

/** Four characters: one token by the heuristic of a model that nobody knows. */
const token = (index = 0): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: ` w${String(index % 90).padStart(2, '0')}` } }] })}\n\n`;
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** A wallet of one level, the other side of the port; it grants as the ledger does. */
class Wallet implements LeaseBroker {
  asked: bigint[] = [];
  gone = new Set<string>();
  away = false;
  path = [{ walletId: 'leaf', name: 'Leaf', unlimited: false }];
  waitFor: Promise<void> = Promise.resolve();
  private granted = 0;

  constructor(
    public available: bigint,
    private readonly clock: ManualClock,
  ) {}

  async acquire({
    amountMin,
    amountWanted,
  }: Parameters<LeaseBroker['acquire']>[0]): ReturnType<LeaseBroker['acquire']> {
    await this.waitFor;
    if (this.away) throw new AppError('backend_unavailable', 'The wallet service is away.');
    this.asked.push(amountMin);
    const left = nanoUsd(this.available);
    if (left < amountMin) {
      const shortfall = nanoUsd(amountMin - left);
      return { kind: 'refused', reason: 'exhausted', walletId: 'leaf', walletName: 'Leaf', shortfall, scoped: false };
    }
    const share = maxUsd(amountMin, nanoUsd(left / 10n));
    const granted = minUsd(maxUsd(amountMin, amountWanted), share);
    this.available -= granted;
    this.granted += 1;
    const expiresAtMs = this.clock.nowMs() + TTL_MS;
    const lease = { leaseId: `l${this.granted}`, walletId: 'leaf', granted, expiresAtMs, periodEndsAtMs: null };
    return { kind: 'granted', path: this.path, leases: [lease] };
  }

  async sync({ returns, renew }: Parameters<LeaseBroker['sync']>[0]): ReturnType<LeaseBroker['sync']> {
    this.available += returns.reduce((sum, { amount }) => sum + amount, 0n);
    const expiresAtMs = this.clock.nowMs() + TTL_MS;
    const kept = renew.filter((leaseId) => !this.gone.has(leaseId));
    return { renewed: kept.map((leaseId) => ({ leaseId, expiresAtMs })), gone: [...this.gone] };
  }
}

class Caller implements Responder {
  status = 0;
  text = '';
  trailers: Record<string, string> = {};

  head(status: number): void {
    this.status = status;
  }

  write(chunk: Buffer): void {
    this.text += chunk.toString();
  }

  end(chunk?: Buffer, trailers?: Record<string, string>): void {
    this.text += chunk?.toString() ?? '';
    this.trailers = trailers ?? {};
  }

  get lastWords(): string {
    return this.text.slice(-600);
  }

  get tokens(): number {
    return this.text.match(/"content"/g)?.length ?? 0;
  }
}

describe('a stream without a limit of its own', () => {
  let clock: ManualClock;
  let wallet: Wallet;
  let pool: LeasePool;
  let budget: Budget;
  let reports: UsageReport[];
  let aborted: boolean;

  const setUp = (available: bigint): void => {
    clock = new ManualClock();
    wallet = new Wallet(available, clock);
    pool = new LeasePool();
    const options = { gatewayId: 'gw_1', clock, ids: new SequentialIds(), logger: silentLogger, leaseIdleMs: 5_000 };
    budget = new Budget(pool, wallet, options);
    reports = [];
    aborted = false;
  };

  /** @param chunks What the provider sends; a function is called between two chunks. */
  async function call(chunks: Iterable<string | (() => unknown)>, extra: object = {}) {
    const out = new Caller();
    const upstream: Upstream = {
      send: async () =>
        ({
          status: 200,
          headers: {},
          body: (async function* () {
            aborted = true;
            for (const chunk of chunks) {
              if (typeof chunk === 'string') yield Buffer.from(chunk);
              else await chunk();
              // The bus answers between two chunks of a provider.
              await new Promise(setImmediate);
            }
            aborted = false;
          })(),
        }) as unknown as UpstreamAnswer,
    };
    const state = new ModelState();
    state.prices = new PriceBook([price]);
    state.table = new RoutingTable(table, (sealed) => sealed);
    const performCall = new PerformCall(
      state,
      new Limits(openMemoryKeyValue(), silentLogger),
      budget,
      upstream,
      { begin: () => undefined, end: (report) => void reports.push(report), isFull: () => false },
      {
        gatewayId: 'gw_1',
        clock,
        limits: { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null, inputsMax: null },
        direct: { enabled: false, provider: {} as Provider },
        dropParams: false,
        ...attemptParts(state, clock),
        onSettled: () => undefined,
      },
    );
    const inbound: InboundCall = {
      callId: `req_${reports.length}`,
      correlationId: 'mine',
      protocolHeaders: {},
      inPath: null,
      endpoint: '/v1/chat/completions',
      principal: caller,
      body: Buffer.from(
        JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Go' }], stream: true, ...extra }),
      ),
      ownKey: undefined,
      tags: [],
      featureId: null,
      endUserId: null,
      sessionId: null,
      startedAtMs: clock.nowMs(),
      startedMonotonicMs: 0,
      signal: new AbortController().signal,
    };
    const error = await performCall.execute(inbound, out).then(
      () => null,
      (thrown: unknown) => thrown as AppError,
    );
    return { out, error, report: reports.at(-1)! };
  }

  const tokens = (count: number, perChunk = 1): string[] =>
    Array.from({ length: count / perChunk }, (_, at) =>
      Array.from({ length: perChunk }, (_unused, index) => token(at * perChunk + index)).join(''),
    );
  /** What of the wallet has been spent or is still held for something. */
  const heldOf = (granted: bigint): bigint => granted - wallet.available - pool.totals().free;

  it('[BX-003] reserves a first slice, grows to whatever it comes to, and settles to its exact cost', async () => {
    setUp(1_000_000n);
    const { out, report } = await call([...tokens(6_000), END]);
    expect([out.tokens, report.status, report.partial]).toEqual([6_000, 200, false]);
    expect(report.usage.outputTokens).toBe(6_000);
    const reserved = report.charges.reduce((sum, charge) => sum + charge.reserved, 0n);
    expect(reserved).toBeGreaterThanOrEqual(report.cost);
    expect(reserved).toBeLessThan(20_000n);
    expect(pool.totals().reserved).toBe(0n);
    expect(heldOf(1_000_000n)).toBe(report.cost);
    expect(wallet.asked[0]).toBeLessThan(1_200n);
  });

  it('[BX-003] is cut with wallet_exhausted when the wallet is dry, and has spent no more than the limit', async () => {
    for (const limit of [200n, 777n, 1_500n, 4_321n]) {
      setUp(limit);
      const { out, report, error } = await call([...tokens(9_000), END]);
      expect(error).toBeNull();
      expect(aborted).toBe(true);
      const told = /data: (\{"error":.*\})\n\ndata: \[DONE\]\n\n$/.exec(out.lastWords)?.[1];
      expect(JSON.parse(told!)).toMatchObject({
        error: { code: 'wallet_exhausted', type: 'insufficient_quota', wallet_id: 'leaf' },
      });
      expect(out.lastWords).not.toContain('finish_reason":"stop');
      expect(report).toMatchObject({
        status: 402,
        errorCode: 'wallet_exhausted',
        partial: true,
        usageSource: 'estimated',
      });
      expect(report.usage.outputTokens).toBe(out.tokens);
      expect(report.cost <= limit).toBe(true);
      // All but what the prompt was held to be, and less than one slice of the smallest kind.
      expect(report.cost).toBeGreaterThan(limit - 110n);
    }
  });

  it('[BX-003] sends what is paid of a chunk that is not paid whole', async () => {
    setUp(400n);
    const { out, report } = await call([tokens(5_000, 5_000)[0]!, END]);
    expect(out.tokens).toBeGreaterThan(250);
    expect(report).toMatchObject({ status: 402, usage: { outputTokens: out.tokens } });
    expect(report.cost <= 400n).toBe(true);
  });

  it('[BX-003] begins with less than a slice, down to a few tokens, and is refused only below that', async () => {
    setUp(150n);
    expect((await call([...tokens(10), END])).report).toMatchObject({ status: 200, usage: { outputTokens: 10 } });
    setUp(60n);
    const { error, out } = await call([...tokens(10), END]);
    expect(error).toMatchObject({ code: 'wallet_exhausted' });
    expect([out.status, reports]).toEqual([0, []]);
  });

  it('[BX-003] uses the rests of leases at hand when the wallet has nothing left', async () => {
    setUp(600n);
    budget.settle(await budget.reserve(payersOf(caller, []), nanoUsd(600n)), nanoUsd(0n));
    expect(wallet.available).toBe(0n);
    const { report } = await call([...tokens(9_000), END]);
    expect(report.cost).toBeGreaterThan(490n);
    expect(report.cost).toBeLessThanOrEqual(600n);
  });

  it('[BX-003] goes on within what is reserved while the wallet is asked, and waits for the answer only at the end of it', async () => {
    setUp(3_000n);
    let answer = (): void => undefined;
    const out: number[] = [];
    const seen = (): void => void out.push(wallet.asked.length);
    const chunks = [
      () => void (wallet.waitFor = new Promise((resolve) => (answer = resolve))),
      ...tokens(900),
      seen,
      () => void setTimeout(() => answer(), 20),
      ...tokens(1_100),
      seen,
      END,
    ];
    const { report } = await call(chunks);
    expect(report).toMatchObject({ status: 200, usage: { outputTokens: 2_000 } });
    expect(out[0]).toBe(1);
    expect(out[1]).toBeGreaterThan(1);
  });

  it('[BX-003] gives back what a question brings after the stream has ended', async () => {
    setUp(3_000n);
    let answer = (): void => undefined;
    const { report } = await call([
      () => void (wallet.waitFor = new Promise((resolve) => (answer = resolve))),
      ...tokens(1_000),
      END,
    ]);
    answer();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(wallet.asked.length).toBeGreaterThan(1);
    expect(pool.totals().reserved).toBe(0n);
    expect(heldOf(3_000n)).toBe(report.cost);
  });

  it('fails closed when it needs more and the wallet service is away, and says so', async () => {
    setUp(5_000n);
    const { out, report } = await call([() => void (wallet.away = true), ...tokens(9_000), END]);
    expect(out.lastWords).toMatch(/"code":"backend_unavailable".*\n\ndata: \[DONE\]\n\n$/);
    expect(report).toMatchObject({ status: 503, partial: true, errorCode: 'backend_unavailable' });
    const reserved = report.charges.reduce((sum, charge) => sum + charge.reserved, 0n);
    expect(report.cost).toBeLessThanOrEqual(reserved);
  });

  it('[BX-003] outlives the lease that it began with, and takes more only from one that is alive', async () => {
    setUp(1_000_000n);
    const { report } = await call([
      ...tokens(500),
      async () => {
        wallet.gone.add('l1');
        clock.advanceMs(90_000);
        await budget.sync();
        expect(pool.totals().leases).toBe(0);
      },
      ...tokens(3_500),
      END,
    ]);
    expect(report).toMatchObject({ status: 200, usage: { outputTokens: 4_000 } });
    expect(report.charges.map(({ leaseId }) => leaseId)).toEqual(expect.arrayContaining(['l1', 'l2']));
    expect(pool.totals().reserved).toBe(0n);
  });

  it('[BX-003] goes no further than it was paid for when its wallet gets another payer above it, who would pay for all of it', async () => {
    setUp(1_000_000n);
    const { out, report } = await call([
      ...tokens(100),
      async () => {
        wallet.path = [...wallet.path, { walletId: 'above', name: 'Above', unlimited: true }];
        clock.advanceMs(61_000);
        budget.settle(await budget.reserve(payersOf(caller, []), nanoUsd(10n)), nanoUsd(0n));
      },
      ...tokens(4_000),
      END,
    ]);
    expect(out.lastWords).toMatch(/"code":"wallet_exhausted".*\n\ndata: \[DONE\]\n\n$/);
    expect(report).toMatchObject({ status: 402, partial: true, usage: { outputTokens: out.tokens } });
    // To the last token of its first slice, and no wallet is charged that was not asked at the start.
    expect(out.tokens).toBeGreaterThan(1_000);
    expect(report.charges.map(({ walletId }) => walletId)).toEqual(['leaf']);
    expect(pool.totals().reserved).toBe(0n);
  });

  it.each([
    ['max_tokens', { max_tokens: 3_000 }, 3_000n],
    ['max_completion_tokens and several answers', { max_completion_tokens: 1_500, n: 2 }, 3_000n],
  ])('[MT-005] reserves all of it at once when the request sets %s', async (_case, limit, outputTokens) => {
    setUp(100_000n);
    const { report } = await call([...tokens(3_000), END], limit);
    expect(report.charges).toHaveLength(1);
    expect(report.charges[0]!.reserved).toBeGreaterThan(outputTokens);
    expect(report.charges[0]!.reserved).toBeLessThan(outputTokens + 150n);
    setUp(1_500n);
    expect((await call([], limit)).error).toMatchObject({ code: 'wallet_exhausted' });
  });

  it('[BX-003] bills the prompt of an answer whose very first chunk cannot be paid', async () => {
    setUp(150n);
    const { error, report } = await call([
      `data: {"choices":[{"delta":{"content":"${'word '.repeat(900)}"}}]}\n\n`,
      END,
    ]);
    expect(error).toMatchObject({ code: 'wallet_exhausted', status: 402 });
    expect(report).toMatchObject({ status: 402, usageSource: 'estimated', usage: { outputTokens: 0 } });
    expect(report.usage.inputTokens).toBeGreaterThan(0);
  });
});
