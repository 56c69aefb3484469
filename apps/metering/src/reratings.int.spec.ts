import {
  createPriceV1,
  createReratingV1,
  getRequestV1,
  getReratingV1,
  type Actor,
  type CallOf,
  type Rerating,
  type UsageReport,
} from '@ao/contracts';
import { nanoUsd, parseUsd, parseUsdPerMillionTokens } from '@ao/kernel';
import { usageOf } from '@ao/pricing';
import { waitFor } from '@ao/testing';
import { report, startPlatform, type Platform } from './platform.suite.js';

const admin: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'admin' };
const stranger: Actor = { orgId: 'org_other', keyId: 'key_other', role: 'owner' };
const usd = parseUsdPerMillionTokens;
const HOUR_MS = 3_600_000;
const END = Date.now() - HOUR_MS;
const START = END - 24 * HOUR_MS;
const period = { from: new Date(START).toISOString(), to: new Date(END).toISOString() };
const reason = 'The price was entered ten times too high.';
const usage = usageOf({ inputTokens: 1_000_000 });

describe('re-rating', () => {
  let platform: Platform;
  let made = 0;
  beforeAll(async () => void (platform = await startPlatform()));
  afterAll(() => platform.stop());

  /** A price of so many dollars per million tokens in. */
  const setPrice = async (model: string, input: string, effectiveFromMs = START - HOUR_MS): Promise<string> => {
    const rates = { inputPico: usd(input), outputPico: usd('0') };
    return (await platform.bus.request(createPriceV1, { actor: admin, model, effectiveFromMs, ...rates })).price.id;
  };
  const call = (changes: Partial<UsageReport>): UsageReport =>
    report({ orgId: 'org_default', requestId: `req_${(made += 1)}`, usage, startedAtMs: START + made, ...changes });
  const begin = async (changes: Partial<CallOf<typeof createReratingV1>> = {}): Promise<string> => {
    const request = { actor: admin, ...period, reason, ...changes };
    return (await platform.bus.request(createReratingV1, request)).rerating.id;
  };
  const done = (reratingId: string, actor = admin): Promise<Rerating> =>
    waitFor(
      async () => {
        const { rerating } = await platform.bus.request(getReratingV1, { actor, reratingId });
        return rerating.state === 'done' ? rerating : null;
      },
      { timeoutMs: 20_000, description: 'the re-rating to end' },
    );
  const run = async (changes: Partial<CallOf<typeof createReratingV1>> = {}): Promise<Rerating> =>
    done(await begin(changes), changes.actor);
  /** Every row of the log, but for those of the model. */
  const rowsBeside = async (model: string): Promise<unknown[]> =>
    (await platform.database.pool.query('SELECT * FROM request_log WHERE model <> $1 ORDER BY request_id', [model]))
      .rows;
  const costOf = async (model: string): Promise<bigint> => {
    const sum = 'SELECT sum(cost_nano_usd) AS cost FROM request_log WHERE model = $1';
    return BigInt((await platform.database.pool.query<{ cost: string }>(sum, [model])).rows[0]!.cost);
  };
  const announced = (reratingId: string) => platform.adjusted.filter((adjusted) => adjusted.reratingId === reratingId);
  const count = async (of: string): Promise<number> =>
    Number((await platform.database.pool.query<{ count: string }>(`SELECT count(*) FROM ${of}`)).rows[0]!.count);

  it('[BX-010] corrects a period after a price fix: adjustments equal the difference, nothing else moves', async () => {
    const model = 'fixed';
    const priceId = await setPrice(model, '20');
    const other = await setPrice('beside', '20');
    const charges = ['wal_leaf', 'wal_root'].map((walletId) => ({ walletId, leaseId: null, reserved: nanoUsd(1n) }));
    const wrong = Array.from({ length: 40 }, () => call({ model, priceId, charges }));
    await platform.report([
      ...wrong,
      call({ model: 'beside', priceId: other }),
      call({ model: 'elsewhere', modelGroup: null, requestId: 'req_org', orgId: 'org_other', priceId }),
    ]);
    const left = [
      call({ model, priceId, requestId: 'req_before', startedAtMs: START - 1 }),
      call({ model, priceId, requestId: 'req_after', startedAtMs: END }),
      call({ model, priceId, requestId: 'req_own_key', ownKey: true }),
      call({ model, priceId, requestId: 'req_none', usageSource: 'none', usage: usageOf({}) }),
    ];
    await platform.report(left);
    const [beside, before] = [await rowsBeside(model), await costOf(model)];

    const fixed = await setPrice(model, '2');
    const expected = { state: 'done', changed: 40, scanned: 42, unpriced: 0, difference: 40n * parseUsd('-18') };
    const trial = await run({ model, dryRun: true });
    expect(trial).toMatchObject({ ...expected, dryRun: true });
    expect(await costOf(model)).toBe(before);
    expect(announced(trial.id)).toEqual([]);

    const real = await run({ model });
    expect(real).toMatchObject({ ...expected, reason, ratedUntil: period.to });
    expect((await costOf(model)) - before).toBe(real.difference);
    expect(await rowsBeside(model)).toEqual(beside);
    await waitFor(() => announced(real.id).length >= 40);
    const events = announced(real.id);
    expect(new Set(events.map(({ requestId }) => requestId))).toEqual(new Set(wrong.map(({ requestId }) => requestId)));
    expect(events).toHaveLength(40);
    expect(events.reduce((sum, { difference }) => sum + difference, 0n)).toBe(real.difference);
    expect(events[0]).toMatchObject({
      walletIds: ['wal_leaf', 'wal_root'],
      orgId: 'org_default',
      provider: 'openai',
      reason,
    });

    const shown = await platform.bus.request(getRequestV1, { actor: admin, requestId: wrong[0]!.requestId });
    expect(shown.request).toMatchObject({ cost: parseUsd('2'), originalCost: parseUsd('20'), priceId: fixed });
    expect(shown.costDetails).toMatchObject([{ cost: parseUsd('2'), price: { id: fixed } }]);
    expect(shown.adjustments).toMatchObject([
      { reratingId: real.id, difference: parseUsd('-18'), cost: parseUsd('2'), priceId: fixed, reason },
    ]);

    const again = await run({ model });
    expect(again).toMatchObject({ changed: 0, difference: 0n, scanned: 42 });
    expect(announced(again.id)).toEqual([]);
  });

  it('[BX-010] charges each call by the price of its own time', async () => {
    const model = 'dated';
    const priceId = await setPrice(model, '9');
    const noon = START + 12 * HOUR_MS;
    await platform.report([
      call({ model, priceId, requestId: 'req_am', startedAtMs: noon - 1 }),
      call({ model, priceId, requestId: 'req_pm', startedAtMs: noon }),
    ]);
    await setPrice(model, '5', noon);
    expect(await run({ model })).toMatchObject({ changed: 1, difference: parseUsd('-4') });
    expect(await costOf(model)).toBe(parseUsd('14'));
  });

  it('[BX-010] corrects a second time from where the first left it, and keeps what was charged at first', async () => {
    const model = 'twice';
    const priceId = await setPrice(model, '3');
    const one = call({ model, priceId });
    await platform.report([one]);
    await setPrice(model, '5');
    expect(await run({ model })).toMatchObject({ difference: parseUsd('2') });
    await setPrice(model, '4');
    expect(await run({ model })).toMatchObject({ difference: parseUsd('-1') });
    const shown = await platform.bus.request(getRequestV1, { actor: admin, requestId: one.requestId });
    expect(shown.request).toMatchObject({ cost: parseUsd('4'), originalCost: parseUsd('3') });
    expect(shown.adjustments.map(({ difference }) => difference)).toEqual([parseUsd('-1'), parseUsd('2')]);
  });

  it('[BX-010] rates each attempt by its own price', async () => {
    const [first, second] = [await setPrice('flaky', '10'), await setPrice('backup', '7')];
    const attempt = {
      provider: 'openai',
      deploymentId: null,
      status: 200,
      errorCode: null,
      usage,
      startedAtMs: START,
      durationMs: 1,
    };
    const shared = { ...attempt, usageSource: 'provider' as const, cost: nanoUsd(0n) };
    const attempts = [
      { ...shared, model: 'flaky', priceId: first, status: 500 },
      { ...shared, model: 'backup', priceId: second },
    ];
    await platform.report([call({ model: 'backup', priceId: second, attempts })]);
    expect(await costOf('backup')).toBe(parseUsd('17'));
    await setPrice('flaky', '1');
    expect(await run({ model: 'flaky' })).toMatchObject({ scanned: 1, changed: 1, difference: parseUsd('-9') });
    expect(await costOf('backup')).toBe(parseUsd('8'));
  });

  it('[BX-010] leaves and counts what has no price for its time', async () => {
    const model = 'late-price';
    await platform.report([call({ model, provider: 'p', priceId: 'prc_lost', cost: nanoUsd(7n) })]);
    await setPrice(model, '1', END);
    expect(await run({ model })).toMatchObject({ scanned: 1, changed: 0, unpriced: 1, difference: 0n });
    expect(await costOf(model)).toBe(7n);
  });

  it('[BX-010] goes on after a crash where it stopped, adjusts each call once, and two replicas do not double it', async () => {
    const model = 'many';
    const priceId = await setPrice(model, '2');
    const calls = Array.from({ length: 2_500 }, () => call({ model, priceId }));
    await platform.report(calls);
    const poison = calls.at(-300)!.requestId;
    await platform.database.pool.query(`
      CREATE FUNCTION fail_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'as if it crashed'; END $$;
      CREATE TRIGGER fail_here BEFORE INSERT ON cost_adjustment FOR EACH ROW WHEN (NEW.request_id = '${poison}')
        EXECUTE FUNCTION fail_here()`);
    await setPrice(model, '1');
    const id = await begin({ model });
    const stuck = await waitFor(
      async () => {
        const { rerating } = await platform.bus.request(getReratingV1, { actor: admin, reratingId: id });
        return rerating.changed >= 1_900 ? rerating : null;
      },
      { timeoutMs: 20_000 },
    );
    // Whole batches: the one that failed left nothing behind.
    expect(stuck.state).toBe('running');
    expect(stuck.changed).toBeLessThan(2_200);
    expect(await count(`cost_adjustment WHERE rerating_id = '${id}'`)).toBe(stuck.changed);
    expect(stuck.difference).toBe(BigInt(stuck.changed) * parseUsd('-1'));
    const replica = await platform.replica();
    await platform.restart({});
    await platform.database.pool.query('DROP TRIGGER fail_here ON cost_adjustment');
    expect(await done(id)).toMatchObject({ changed: 2_500, scanned: 2_500, difference: 2_500n * parseUsd('-1') });
    expect(await count(`cost_adjustment WHERE rerating_id = '${id}'`)).toBe(2_500);
    expect(await costOf(model)).toBe(2_500n * parseUsd('1'));
    const heard = (): typeof platform.adjusted => [
      ...announced(id),
      ...replica.adjusted.filter((a) => a.reratingId === id),
    ];
    await waitFor(() => heard().length >= 2_500, { timeoutMs: 20_000 });
    expect(new Set(heard().map(({ adjustmentId }) => adjustmentId)).size).toBe(2_500);
    expect(new Set(heard().map(({ requestId }) => requestId)).size).toBe(2_500);
    await replica.stop();
  });

  it('[BX-010] is rated by one replica at a time', async () => {
    const model = 'contended';
    const priceId = await setPrice(model, '2');
    await platform.report(Array.from({ length: 300 }, () => call({ model, priceId })));
    await setPrice(model, '1');
    const replica = await platform.replica();
    const client = await platform.database.pool.connect();
    await client.query('BEGIN; LOCK TABLE cost_adjustment IN EXCLUSIVE MODE');
    const id = await begin({ model });
    // Both have looked at it by then: one waits for the table, the other must have gone on.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await client.query('COMMIT');
    client.release();
    expect(await done(id)).toMatchObject({ scanned: 300, changed: 300, difference: 300n * parseUsd('-1') });
    expect(await count(`cost_adjustment WHERE rerating_id = '${id}'`)).toBe(300);
    await replica.stop();
  });

  it('[BX-010] touches and shows the actor’s own organisation only, and only admins may', async () => {
    const id = await begin();
    await expect(platform.bus.request(getReratingV1, { actor: stranger, reratingId: id })).rejects.toMatchObject({
      code: 'not_found',
    });
    const member: Actor = { ...admin, role: 'member' };
    await expect(begin({ actor: member })).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(platform.bus.request(getReratingV1, { actor: member, reratingId: id })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    await done(id);
    const own = await run({ actor: stranger });
    expect(own).toMatchObject({ scanned: 1, changed: 0, unpriced: 1 });
  });

  it.each([
    ['is empty', { to: period.from }],
    ['lies in the future', { to: new Date(Date.now() + HOUR_MS).toISOString() }],
  ])('refuses a period that %s', async (_case, changes) => {
    await expect(begin(changes)).rejects.toMatchObject({ code: 'invalid_parameter', param: 'to' });
  });

  it('limits how many run at once', async () => {
    const client = await platform.database.pool.connect();
    await client.query('BEGIN; LOCK TABLE request_log IN ACCESS EXCLUSIVE MODE');
    const short = { to: new Date(START + 1).toISOString() };
    const ids = await Promise.all(Array.from({ length: 10 }, () => begin(short)));
    await expect(begin(short)).rejects.toMatchObject({ code: 'conflict' });
    await client.query('COMMIT');
    client.release();
    await Promise.all(ids.map((id) => done(id)));
  });

  it('[BX-010] keeps adjustments as they are, even in the database', async () => {
    for (const statement of ['UPDATE cost_adjustment SET to_nano_usd = 0', 'DELETE FROM cost_adjustment']) {
      await expect(platform.database.pool.query(statement)).rejects.toThrow(/append-only/);
    }
  });
});
