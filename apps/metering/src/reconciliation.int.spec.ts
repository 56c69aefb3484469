import {
  createPriceV1,
  createReratingV1,
  getReconciliationV1,
  reconciliationMismatchedV1,
  uploadInvoicesV1,
  type Actor,
  type CallOf,
  type PayloadOf,
  type Reconciliation,
  type UsageReport,
} from '@ao/contracts';
import { nanoUsd, parseUsd, parseUsdPerMillionTokens } from '@ao/kernel';
import { NO_USAGE, usageOf } from '@ao/pricing';
import { waitFor } from '@ao/testing';
import { report, startPlatform, type Platform } from './platform.suite.js';

const admin: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'admin' };
const stranger: Actor = { orgId: 'org_other', keyId: 'key_other', role: 'owner' };
const usage = usageOf({ inputTokens: 1_000_000 });
/** The month before last is over and, with the retention below, wholly in the log. */
const now = new Date();
const monthStart = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1);
const monthEnd = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
const month = new Date(monthStart).toISOString().slice(0, 7);

describe('reconciliation', () => {
  let platform: Platform;
  let made = 0;
  const prices: Record<string, string> = {};
  const told: PayloadOf<typeof reconciliationMismatchedV1>[] = [];

  beforeAll(async () => {
    platform = await startPlatform({ REQUEST_LOG_RETENTION_DAYS: '365' });
    await platform.bus.subscribe(
      reconciliationMismatchedV1,
      { kind: 'durable', name: 'test' },
      (events) => void told.push(...events.map(({ payload }) => payload)),
    );
    for (const [model, input] of Object.entries({ big: '10', small: '1', absent: '2', wrong: '4' })) {
      const rates = { inputPico: parseUsdPerMillionTokens(input), outputPico: parseUsdPerMillionTokens('0') };
      const request = { actor: admin, model, effectiveFromMs: 0, ...rates };
      prices[model] = (await platform.bus.request(createPriceV1, request)).price.id;
    }
  });
  afterAll(() => platform.stop());

  const call = (model: string, changes: Partial<UsageReport> = {}): UsageReport =>
    report({
      orgId: 'org_default',
      requestId: `req_${(made += 1)}`,
      provider: 'acme',
      model,
      modelGroup: null,
      priceId: prices[model]!,
      usage,
      startedAtMs: monthStart,
      ...changes,
    });
  const upload = async (
    csv: string,
    changes: Partial<CallOf<typeof uploadInvoicesV1>> = {},
  ): Promise<Reconciliation[]> =>
    (await platform.bus.request(uploadInvoicesV1, { actor: admin, csv, provider: 'acme', month, ...changes }))
      .reconciliations;
  const get = async (changes: Partial<CallOf<typeof getReconciliationV1>> = {}): Promise<Reconciliation[]> =>
    (await platform.bus.request(getReconciliationV1, { actor: admin, month, ...changes })).reconciliations;
  const invoice = (big: string): string => `model,amount_usd\nbig,${big}\nsmall,3\nelsewhere,7\n`;

  it('[MT-011] lists the model that an invoice charges 5% more for, and tells it once per upload', async () => {
    await platform.report([
      ...Array.from({ length: 10 }, () => call('big')),
      ...Array.from({ length: 3 }, () => call('small', { startedAtMs: monthEnd - 1 })),
      call('absent'),
      call('big', { provider: 'other' }),
      call('big', { startedAtMs: monthStart - 1 }),
      call('big', { startedAtMs: monthEnd }),
      call('big', { orgId: 'org_other' }),
      call('big', { ownKey: true }),
    ]);
    const [first] = await upload(invoice('105'));
    expect(first).toMatchObject({
      month,
      provider: 'acme',
      tolerancePercent: '2',
      logComplete: true,
      lines: [
        { model: 'elsewhere', state: 'missing_here', ours: 0n, invoiced: parseUsd('7') },
        { model: 'big', state: 'over', ours: parseUsd('100'), difference: parseUsd('5'), differencePercent: '5' },
        { model: 'absent', state: 'missing_there', ours: parseUsd('2'), invoiced: 0n },
        { model: 'small', state: 'ok', difference: 0n },
      ],
      total: { state: 'over', ours: parseUsd('105'), invoiced: parseUsd('115'), difference: parseUsd('10') },
    });
    expect(await get()).toEqual([first]);
    await waitFor(() => told.length > 0);
    expect(told).toMatchObject([
      {
        orgId: 'org_default',
        provider: 'acme',
        month,
        difference: parseUsd('10'),
        modelCount: 3,
        models: [
          { model: 'elsewhere' },
          { model: 'big', state: 'over', difference: parseUsd('5') },
          { model: 'absent' },
        ],
      },
    ]);
  });

  it('[MT-011] changes nothing when the same file comes again, and replaces the invoice when another comes', async () => {
    const before = await get();
    await upload(invoice('105'));
    expect(await get()).toEqual(before);
    await upload(invoice('90'));
    expect((await get())[0]!.lines).toContainEqual(expect.objectContaining({ model: 'big', state: 'under' }));
    await waitFor(() => told.length >= 2);
    expect(told.map(({ invoiced }) => invoiced)).toEqual([parseUsd('115'), parseUsd('100')]);
  });

  it('[MT-011] takes the tolerance of the request, and tells nothing within it', async () => {
    const csv = 'model,amount_usd\nbig,104\nsmall,3\nabsent,2\n';
    const count = told.length;
    const [within] = await upload(csv, { tolerancePercent: '4' });
    expect(within).toMatchObject({ tolerancePercent: '4', total: { state: 'ok' } });
    expect(within!.lines.every(({ state }) => state === 'ok')).toBe(true);
    const [stricter] = await get({ tolerancePercent: '3.9' });
    expect(stricter!.lines[0]).toMatchObject({ model: 'big', state: 'over' });
    // The next upload that differs is told after this one would have been.
    await upload(csv, { tolerancePercent: '1' });
    await waitFor(() => told.length > count);
    expect(told).toHaveLength(count + 1);
  });

  it('[MT-011] [BX-010] follows a re-rating', async () => {
    await platform.report([call('wrong', { provider: 'rerated' })]);
    await upload('model,amount_usd\nwrong,3\n', { provider: 'rerated' });
    expect((await get({ provider: 'rerated' }))[0]!.total).toMatchObject({ state: 'under', ours: parseUsd('4') });
    const rates = { inputPico: parseUsdPerMillionTokens('3'), outputPico: parseUsdPerMillionTokens('0') };
    await platform.bus.request(createPriceV1, { actor: admin, model: 'wrong', effectiveFromMs: 0, ...rates });
    const period = { from: new Date(monthStart).toISOString(), to: new Date(monthEnd).toISOString() };
    await platform.bus.request(createReratingV1, { actor: admin, ...period, reason: 'fixed' });
    await waitFor(async () => (await get({ provider: 'rerated' }))[0]!.total.state === 'ok', { timeoutMs: 10_000 });
  });

  it('[MT-011] counts each attempt at its own provider and model', async () => {
    const attempt = { deploymentId: null, status: 200, errorCode: null, usage, usageSource: 'provider' as const };
    const shared = { ...attempt, cost: nanoUsd(0n), startedAtMs: monthStart, durationMs: 1 };
    const attempts = [
      { ...shared, provider: 'first', model: 'big', priceId: prices['big']!, status: 500 },
      { ...shared, provider: 'second', model: 'small', priceId: prices['small']! },
      { ...shared, provider: 'second', model: 'absent', priceId: null, usage: NO_USAGE, usageSource: 'none' as const },
    ];
    await platform.report([call('small', { provider: 'second', attempts })]);
    const [first] = await upload('model,amount\nbig,10\n', { provider: 'first' });
    const [second] = await upload('model,amount\nsmall,1\n', { provider: 'second' });
    expect([first!.lines, second!.lines]).toMatchObject([
      [{ model: 'big', state: 'ok', ours: parseUsd('10') }],
      [{ model: 'small', state: 'ok', ours: parseUsd('1') }],
    ]);
  });

  it('[MT-011] says when the log does not hold the whole month', async () => {
    const current = new Date().toISOString().slice(0, 7);
    expect(await upload('model,amount\nbig,1\n', { month: current })).toMatchObject([{ logComplete: false }]);
    expect(await upload('model,amount\nbig,1\n', { month: '2020-01' })).toMatchObject([{ logComplete: false }]);
  });

  it('[MT-011] keeps to the actor’s organisation, and to admins', async () => {
    await expect(get({ actor: stranger })).rejects.toMatchObject({ code: 'not_found' });
    expect(await upload('model,amount\nbig,10\n', { actor: stranger })).toMatchObject([
      { total: { ours: parseUsd('10') } },
    ]);
    expect((await get({ provider: 'acme' }))[0]!.total.ours).not.toBe(parseUsd('10'));
    const member: Actor = { ...admin, role: 'member' };
    await expect(get({ actor: member })).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(upload('model,amount\nbig,1\n', { actor: member })).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });

  it('[MT-011] refuses a file with mistakes as a whole, and names its lines', async () => {
    const before = await get({ provider: 'acme' });
    const csv = 'model,amount\nbig,1\nsmall,a lot\n';
    await expect(upload(csv)).rejects.toMatchObject({
      code: 'invalid_parameter',
      param: 'csv',
      message: expect.stringContaining('line 3: "a lot" is no amount'),
    });
    expect(await get({ provider: 'acme' })).toEqual(before);
  });
});
