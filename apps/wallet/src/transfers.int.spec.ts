import {
  approveTransferV1,
  cancelTransferV1,
  getTransferV1,
  listTransfersV1,
  rejectTransferV1,
  requestTransferV1,
  updateWalletV1,
  type Actor,
  type Transfer,
} from '@ao/contracts';
import { nanoUsd, sleep } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { PostgresTransferStore } from './adapters/postgres/transfer.store.js';
import { ExpireTransfers } from './application/expire-transfers.js';
import { TransferEvents } from './application/transfer-events.js';
import { admin, chargeOf, developer, PATIENT, usd, WalletHarness, type Replica } from './harness.suite.js';
import { checkLedger } from './index.js';

const owner: Actor = { orgId: 'org_1', keyId: 'key_2', role: 'owner' };
const stranger: Actor = { orgId: 'org_2', keyId: 'key_9', role: 'owner' };
const HOURS_48_MS = 48 * 3_600_000;
/** Other work may share the processors. */
const SLOW_MS = 60_000;

describe('transfers', () => {
  const wallet = new WalletHarness();
  let two: Replica;
  beforeAll(async () => {
    await wallet.start();
    two = await wallet.startReplica();
  });
  afterEach(() => wallet.assertLaws());
  afterAll(async () => {
    await two.stop();
    await wallet.stop();
  });

  const decide = async (
    contract: typeof approveTransferV1 | typeof rejectTransferV1 | typeof cancelTransferV1,
    { id: transferId }: Pick<Transfer, 'id'>,
    actor = admin,
    by = wallet.one,
  ): Promise<Transfer> => (await by.bus.request(contract, { actor, transferId }, PATIENT)).transfer;
  const approve = decide.bind(null, approveTransferV1);
  const read = async ({ id: transferId }: Pick<Transfer, 'id'>, actor = admin): Promise<Transfer> =>
    (await wallet.one.bus.request(getTransferV1, { actor, transferId }, PATIENT)).transfer;
  const list = (call: object = {}): Promise<{ data: Transfer[]; nextCursor: string | null }> =>
    wallet.one.bus.request(listTransfersV1, { actor: admin, ...call }, PATIENT);
  const expire = (): Promise<number> =>
    new ExpireTransfers(
      new PostgresTransferStore(wallet.database),
      new TransferEvents(wallet.clock, { next: (prefix) => wallet.id(prefix) }),
      wallet.clock,
    ).execute();
  const pair = async (): Promise<[from: string, to: string]> => [
    await wallet.createWallet({ name: 'Rich', limit: usd(100) }),
    await wallet.createWallet({ name: 'Poor', limit: usd(10) }),
  ];
  const available = async (...ids: string[]): Promise<(bigint | null)[]> =>
    (await Promise.all(ids.map((id) => wallet.balance(id)))).map((balance) => balance.available);

  it('[WL-013] are asked for by any member, listed by state and wallet page by page, and read', async () => {
    const [from, to] = await pair();
    const texts = { reason: 'Load test', note: 'Before Friday' };
    const first = await wallet.requestTransfer(from, to, 20, texts);
    expect(first).toMatchObject({
      fromWalletId: from,
      toWalletId: to,
      amount: 20n,
      ...texts,
      state: 'pending',
      requestedBy: 'key_dev',
      decidedBy: null,
      decidedAt: null,
    });
    expect(Date.parse(first.expiresAt) - Date.parse(first.createdAt)).toBe(HOURS_48_MS);
    expect(await read(first)).toEqual(first);
    const second = await wallet.requestTransfer(from, to, 1);
    const third = await wallet.requestTransfer(to, from, 1);
    await decide(rejectTransferV1, second);
    const page = await list({ walletId: to, limit: 2 });
    const rest = await list({ walletId: to, limit: 2, cursor: page.nextCursor });
    expect([...page.data, ...rest.data].map(({ id }) => id)).toEqual([third.id, second.id, first.id]);
    expect(rest.nextCursor).toBeNull();
    const pending = await list({ walletId: from, state: 'pending' });
    expect(pending.data.map(({ id }) => id)).toEqual([third.id, first.id]);
    expect(await available(from, to)).toEqual([100n, 10n]);
  });

  it('[WL-013] are closed to other organisations, and to members who did not ask for them', async () => {
    const [from, to] = await pair();
    const asked = await wallet.requestTransfer(from, to, 20);
    const colleague: Actor = { ...developer, keyId: 'key_other' };
    const missing = { code: 'not_found', status: 404 };
    for (const nobody of [stranger, colleague]) {
      await expect(read(asked, nobody)).rejects.toMatchObject(missing);
      await expect(decide(cancelTransferV1, asked, nobody)).rejects.toMatchObject(missing);
      expect((await list({ actor: nobody })).data).toEqual([]);
    }
    await expect(approve(asked, stranger)).rejects.toMatchObject(missing);
    await expect(decide(rejectTransferV1, asked, stranger)).rejects.toMatchObject(missing);
    expect((await list({ actor: developer, walletId: to })).data).toEqual([asked]);
    const theirs = await wallet.createWallet({ actor: stranger });
    const ask = (source: string, target: string): Promise<Transfer> =>
      wallet.requestTransfer(source, target, 1, { actor: stranger });
    await expect(ask(theirs, to)).rejects.toMatchObject({ ...missing, param: 'to_wallet_id' });
    await expect(ask(from, theirs)).rejects.toMatchObject({ ...missing, param: 'from_wallet_id' });
  });

  it.each([
    ['nothing', 0n],
    ['less than nothing', -5n],
    ['more than there can be', 500_000_000_000_000_001n],
  ])('[WL-013] of %s are refused', async (_case, amount) => {
    const [from, to] = await pair();
    const bad = { code: 'invalid_parameter', param: 'amount_usd' };
    await expect(wallet.requestTransfer(from, to, 1, { amount: nanoUsd(amount) })).rejects.toMatchObject(bad);
  });

  it('[WL-013] are refused to a wallet itself, without a limit, with a scope, deactivated or unknown', async () => {
    const [from, to] = await pair();
    const unlimited = await wallet.createWallet({ limit: null });
    const bad = { code: 'invalid_parameter', param: 'to_wallet_id' };
    await expect(wallet.requestTransfer(from, from, 1)).rejects.toMatchObject(bad);
    await expect(wallet.requestTransfer(from, unlimited, 1)).rejects.toMatchObject(bad);
    await expect(wallet.requestTransfer(from, 'wal_none', 1)).rejects.toMatchObject({ param: 'to_wallet_id' });
    const scoped = await wallet.createWallet({ scope: { tag: 'batch' } });
    await expect(wallet.requestTransfer(from, scoped, 1)).rejects.toMatchObject(bad);
    await expect(wallet.requestTransfer(scoped, to, 1)).rejects.toMatchObject({ ...bad, param: 'from_wallet_id' });
    const asked = await wallet.requestTransfer(from, to, 1);
    await wallet.one.bus.request(updateWalletV1, { actor: admin, walletId: to, active: false });
    await expect(wallet.requestTransfer(from, to, 1)).rejects.toMatchObject({ code: 'conflict' });
    await expect(approve(asked)).rejects.toMatchObject({ code: 'conflict' });
    expect((await read(asked)).state).toBe('pending');
  });

  it('[WL-014] are refused where they would move money that was paid for', async () => {
    const [from, to] = await pair();
    const prepaid = await wallet.createWallet({ kind: 'prepaid', limit: null });
    const asked = await wallet.requestTransfer(from, prepaid, 1);
    await expect(approve(asked)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(prepaid) });
    expect((await read(asked)).state).toBe('pending');
    expect(await available(from, to)).toEqual([100n, 10n]);
  });

  it('[WL-013] are made once per idempotency key, also by ten at once', async () => {
    const [from, to] = await pair();
    const key = { idempotencyKey: 'once' };
    const made = await Promise.all(Array.from({ length: 10 }, () => wallet.requestTransfer(from, to, 20, key)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const conflict = { code: 'conflict', param: 'idempotency_key' };
    await expect(wallet.requestTransfer(from, to, 21, key)).rejects.toMatchObject(conflict);
    const other = await wallet.requestTransfer(from, to, 20, { ...key, actor: owner });
    expect(other.id).not.toBe(made.at(0)!.id);
    await approve(made.at(0)!);
    expect(await wallet.requestTransfer(from, to, 20, key)).toMatchObject({ id: made.at(0)!.id, state: 'approved' });
  });

  it('[WL-013] go to the wallet of who asks, from the one above it, when no wallet is named', async () => {
    const team = await wallet.createWallet({ limit: usd(100) });
    const own = await wallet.createWallet({ parentId: team, limit: usd(10) });
    const ask = (walletId?: string, call: object = {}): Promise<Transfer> => {
      const actor = { ...developer, ...(walletId !== undefined && { walletId }) };
      return wallet.one.bus
        .request(requestTransferV1, { actor, amount: usd(5), ...call })
        .then(({ transfer }) => transfer);
    };
    expect(await ask(own)).toMatchObject({ fromWalletId: team, toWalletId: own });
    expect(await ask(undefined, { toWalletId: own })).toMatchObject({ fromWalletId: team, toWalletId: own });
    const unnamed = (param: string): object => ({ code: 'missing_required_parameter', param });
    await expect(ask()).rejects.toMatchObject(unnamed('to_wallet_id'));
    await expect(ask(team)).rejects.toMatchObject(unnamed('from_wallet_id'));
  });

  it('[WL-013] wait for a decision a hundred at most per requester', async () => {
    const [from, to] = await pair();
    const actor = { ...developer, keyId: 'key_eager' };
    const ask = (): Promise<Transfer> => wallet.requestTransfer(from, to, 1, { actor });
    for (let turn = 0; turn < 19; turn += 1) await Promise.all(Array.from({ length: 5 }, ask));
    const last = await Promise.allSettled(Array.from({ length: 8 }, ask));
    expect(last.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(ask()).rejects.toMatchObject({ code: 'conflict' });
    await decide(cancelTransferV1, (await list({ actor, limit: 1 })).data.at(0)!, actor);
    expect(await ask()).toMatchObject({ state: 'pending' });
  });

  it('[WL-014] move both balances when approved, and nothing that was spent', async () => {
    const [from, to] = await pair();
    const lease = (await wallet.hold(to, 8)).get(to)!;
    await wallet.settle(wallet.report(8, [chargeOf(lease)]));
    const asked = await wallet.requestTransfer(from, to, 30);
    const approved = await approve(asked);
    expect(approved).toMatchObject({ state: 'approved', decidedBy: 'key_1', decidedAt: expect.any(String) });
    expect(await wallet.balance(from)).toMatchObject({
      available: 70n,
      transferredOut: 30n,
      transferredIn: 0n,
      spent: 0n,
      limit: 100n,
      usedPercent: 0,
    });
    expect(await wallet.balance(to)).toMatchObject({
      available: 32n,
      transferredIn: 30n,
      spent: 8n,
      limit: 10n,
      usedPercent: 20,
      overdraftUsed: 0n,
    });
    expect(await wallet.acquire(from, 71)).toMatchObject({ kind: 'refused', shortfall: 1n });
    expect(await wallet.acquire(to, 32)).toMatchObject({ kind: 'granted' });
    await waitFor(() => wallet.one.entries.filter(({ walletId }) => walletId === from).length === 1);
    expect(wallet.one.entries.filter(({ kind }) => kind.startsWith('transfer'))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ walletId: from, kind: 'transfer_out', amount: 30n }),
        expect.objectContaining({ walletId: to, kind: 'transfer_in', amount: 30n }),
      ]),
    );
  });

  it('[WL-014] are approved by admins and owners only, and never by who asked', async () => {
    const [from, to] = await pair();
    const own = await wallet.requestTransfer(from, to, 5, { actor: { ...admin, userId: 'usr_1' } });
    const denied = { code: 'permission_denied', status: 403 };
    await expect(approve(own, admin)).rejects.toMatchObject(denied);
    await expect(approve(own, { ...owner, userId: 'usr_1' })).rejects.toMatchObject(denied);
    await expect(approve(own, developer)).rejects.toMatchObject(denied);
    await expect(approve(own, { ...developer, role: 'viewer' })).rejects.toMatchObject(denied);
    await expect(decide(rejectTransferV1, own, developer)).rejects.toMatchObject(denied);
    expect(await available(from, to)).toEqual([100n, 10n]);
    expect((await approve(own, { ...owner, userId: 'usr_2' })).state).toBe('approved');
  });

  it('[WL-013] [WL-014] change state once: every later decision is refused with the state', async () => {
    const [from, to] = await pair();
    const steps = { approved: approveTransferV1, rejected: rejectTransferV1, cancelled: cancelTransferV1 };
    for (const [state, contract] of Object.entries(steps)) {
      const asked = await wallet.requestTransfer(from, to, 1);
      const by = (next: typeof contract): Actor => (next === cancelTransferV1 ? developer : admin);
      expect(await decide(contract, asked, by(contract))).toMatchObject({ state });
      const conflict = { code: 'conflict', status: 409, message: expect.stringContaining(`is ${state}`) };
      for (const next of Object.values(steps)) {
        await expect(decide(next, asked, by(next))).rejects.toMatchObject(conflict);
      }
      expect(await read(asked)).toMatchObject({ state });
    }
    expect(await available(from, to)).toEqual([99n, 11n]);
  });

  it('[WL-013] are cancelled by who asked only; an admin rejects, and may say why', async () => {
    const [from, to] = await pair();
    const asked = await wallet.requestTransfer(from, to, 1);
    await expect(decide(cancelTransferV1, asked, admin)).rejects.toMatchObject({ code: 'permission_denied' });
    const call = { actor: admin, transferId: asked.id, reason: 'Not now' };
    const { transfer } = await wallet.one.bus.request(rejectTransferV1, call);
    expect(transfer).toMatchObject({ state: 'rejected', decisionReason: 'Not now', decidedBy: 'key_1' });
  });

  it('[WL-014] need money that is neither spent nor held; a refused one stays pending and may succeed later', async () => {
    const [from, to] = await pair();
    const lease = (await wallet.hold(from, 50)).get(from)!;
    const asked = await wallet.requestTransfer(from, to, 60);
    const short = { code: 'wallet_exhausted', status: 402, details: { wallet_id: from, shortfall_usd: '0.00000001' } };
    await expect(approve(asked)).rejects.toMatchObject(short);
    expect((await read(asked)).state).toBe('pending');
    expect(await available(from, to)).toEqual([50n, 10n]);
    await wallet.sync({ returns: [{ leaseId: lease.leaseId, sequence: 1, amount: usd(50), close: true }] });
    await approve(asked);
    expect(await available(from, to)).toEqual([40n, 70n]);
  });

  it(
    '[WL-014] are approved once by twenty at once through two replicas, time after time',
    async () => {
      for (let round = 1; round <= 5; round += 1) {
        const [from, to] = await pair();
        const asked = await wallet.requestTransfer(from, to, 30);
        const outcomes = await Promise.allSettled(
          Array.from({ length: 20 }, (_, index) =>
            approve(asked, index % 3 ? admin : owner, index % 2 ? two : undefined),
          ),
        );
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
        for (const refusal of refusals)
          expect(refusal).toMatchObject({ code: 'conflict', details: { state: 'approved' } });
        expect(await available(from, to)).toEqual([70n, 40n]);
      }
    },
    SLOW_MS,
  );

  it(
    '[WL-014] [WL-015] have one outcome when approved, rejected, cancelled and expired at once',
    async () => {
      for (let round = 1; round <= 12; round += 1) {
        const [from, to] = await pair();
        const asked = await wallet.requestTransfer(from, to, 30);
        wallet.clock.advanceMs(HOURS_48_MS - 1);
        const racers: (() => Promise<Transfer | number>)[] = [
          () => approve(asked, admin, two),
          () => decide(rejectTransferV1, asked, owner),
          () => decide(cancelTransferV1, asked, developer, two),
          async () => {
            // In every other round the time ends in the midst of the race.
            if (round % 2) wallet.clock.advanceMs(1);
            return expire();
          },
        ];
        // A start a few milliseconds apart, so that each may win and none has won before the others begin.
        const run = async (index: number): Promise<Transfer | number> => {
          await sleep(((index + round) % racers.length) * 2);
          return racers[index]!();
        };
        const outcomes = await Promise.allSettled(racers.map((_, index) => run(index)));
        const { state } = await read(asked);
        const won = outcomes.flatMap((outcome) =>
          outcome.status === 'fulfilled' && typeof outcome.value === 'object' ? [outcome.value.state] : [],
        );
        expect(won).toEqual(state === 'expired' ? [] : [state]);
        expect(await available(from, to)).toEqual(state === 'approved' ? [70n, 40n] : [100n, 10n]);
        await waitFor(() => [...wallet.one.decided, ...two.decided].some(({ transferId }) => transferId === asked.id));
        const told = [...wallet.one.decided, ...two.decided].filter(({ transferId }) => transferId === asked.id);
        expect(new Set(told.map((event) => event.state))).toEqual(new Set([state]));
      }
    },
    SLOW_MS,
  );

  it(
    '[WL-014] never take more than there is, whatever calls and other transfers take at the same time',
    async () => {
      for (let round = 1; round <= 3; round += 1) {
        const rich = await wallet.createWallet({ limit: usd(100) });
        const others = await Promise.all([1, 2].map(() => wallet.createWallet({ limit: usd(100) })));
        const out = await Promise.all(
          Array.from({ length: 15 }, (_, index) => wallet.requestTransfer(rich, others[index % 2]!, 10)),
        );
        const back = await Promise.all(others.map((other) => wallet.requestTransfer(other, rich, 5)));
        const moves = [...out, ...back].map((asked, index) => approve(asked, admin, index % 2 ? two : wallet.one));
        const holds = Array.from({ length: 15 }, () => wallet.acquire(rich, 10));
        const approved = (await Promise.allSettled(moves)).map(({ status }) => status === 'fulfilled');
        const granted = (await Promise.all(holds)).filter(({ kind }) => kind === 'granted').length;
        const given = approved.slice(0, 15).filter(Boolean).length;
        expect(await wallet.balance(rich)).toMatchObject({
          held: BigInt(granted * 10),
          transferredOut: BigInt(given * 10),
          transferredIn: 10n,
          available: BigInt(110 - granted * 10 - given * 10),
        });
        expect(granted + given).toBeLessThanOrEqual(11);
        expect(granted + given).toBeGreaterThanOrEqual(10);
      }
    },
    SLOW_MS,
  );

  it('[WL-014] are under the laws of the ledger: what was moved halfway, or without approval, is found', async () => {
    const [from, to] = await pair();
    const asked = await wallet.requestTransfer(from, to, 30);
    await approve(asked);
    const laws = async (change: string, undo: string): Promise<unknown> => {
      await wallet.database.pool.query(change);
      const { violations } = await checkLedger(wallet.database);
      await wallet.database.pool.query(undo);
      return violations.map(({ law, walletId, expected, found }) => [law, walletId, expected, found]);
    };
    const column = `UPDATE period_balance SET transferred_in = transferred_in`;
    const drifted = await laws(`${column} + 1 WHERE wallet_id = '${to}'`, `${column} - 1 WHERE wallet_id = '${to}'`);
    expect(drifted).toEqual([['transferred_equals_entries', to, 30n, 31n]]);
    const state = (name: string): string => `UPDATE transfer SET state = '${name}' WHERE id = '${asked.id}'`;
    expect(await laws(state('rejected'), state('approved'))).toEqual([['transfers_are_complete', to, 0n, 30n]]);
    const pending = await wallet.requestTransfer(from, to, 7);
    await decide(rejectTransferV1, pending);
    const of = (name: string): string => `UPDATE transfer SET state = '${name}' WHERE id = '${pending.id}'`;
    expect(await laws(of('approved'), of('rejected'))).toEqual([['transfers_are_complete', to, 7n, 0n]]);
  });

  it('[WL-008] [WL-014] never raise what a wallet above both allows', async () => {
    const root = await wallet.createWallet({ name: 'Organisation', limit: usd(100) });
    const one = await wallet.createWallet({ parentId: root, limit: usd(60) });
    const other = await wallet.createWallet({ parentId: root, limit: usd(60) });
    await approve(await wallet.requestTransfer(one, other, 50));
    expect(await available(root, one, other)).toEqual([100n, 10n, 110n]);
    expect(await wallet.acquire(other, 101)).toMatchObject({
      kind: 'refused',
      walletName: 'Organisation',
      shortfall: 1n,
    });
    await wallet.hold(other, 90);
    await wallet.hold(one, 10);
    expect(await wallet.acquire(other, 1)).toMatchObject({ kind: 'refused', walletName: 'Organisation' });
  });

  it('[WL-008] [WL-014] from a parent raise what the child may spend of it, and take nothing from the parent itself', async () => {
    const root = await wallet.createWallet({ limit: usd(100) });
    const team = await wallet.createWallet({ parentId: root, limit: usd(30) });
    const key = await wallet.createWallet({ parentId: team, limit: usd(30) });
    const lease = await wallet.hold(key, 30);
    await wallet.settle(
      wallet.report(
        30,
        [key, team, root].map((id) => chargeOf(lease.get(id)!)),
      ),
    );
    await approve(await wallet.requestTransfer(root, key, 20));
    // The wallet between them gains as well: the money could not be spent otherwise.
    expect(await available(key, team, root)).toEqual([20n, 20n, 70n]);
    await wallet.hold(key, 20);
    expect(await available(key, team, root)).toEqual([0n, 0n, 50n]);
    await expect(approve(await wallet.requestTransfer(root, key, 51))).rejects.toMatchObject({
      details: { wallet_id: root, shortfall_usd: '0.000000001' },
    });
  });

  it('[WL-005] [WL-014] move the thresholds with the budget', async () => {
    const [from, to] = await pair();
    await approve(await wallet.requestTransfer(from, to, 90));
    const lease = (await wallet.hold(to, 85)).get(to)!;
    await wallet.settle(wallet.report(79, [chargeOf(lease)]));
    expect(wallet.one.crossings.filter(({ walletId }) => walletId === to)).toEqual([]);
    const more = (await wallet.hold(to, 1)).get(to)!;
    await wallet.settle(wallet.report(1, [chargeOf(more)]));
    await waitFor(() => wallet.one.crossings.some(({ walletId }) => walletId === to));
    expect(wallet.one.crossings.filter(({ walletId }) => walletId === to)).toMatchObject([
      { thresholdPercent: 80, limit: 100n, spent: 80n },
    ]);
  });

  it('[WL-014] hold for the present period only: the next one starts with the limits themselves', async () => {
    const from = await wallet.createWallet({ period: 'day', limit: usd(100) });
    const to = await wallet.createWallet({ period: 'day', limit: usd(10) });
    await approve(await wallet.requestTransfer(from, to, 30));
    expect(await available(from, to)).toEqual([70n, 40n]);
    wallet.clock.advanceMs(24 * 3_600_000);
    expect(await available(from, to)).toEqual([100n, 10n]);
    expect(await wallet.balance(to)).toMatchObject({ transferredIn: 0n });
  });

  it('[WL-015] expire after 48 hours to the millisecond, whether or not the job has run', async () => {
    const [from, to] = await pair();
    const late = await wallet.requestTransfer(from, to, 30);
    const inTime = await wallet.requestTransfer(from, to, 20);
    wallet.clock.advanceMs(HOURS_48_MS - 1);
    expect((await approve(inTime)).state).toBe('approved');
    expect((await read(late)).state).toBe('pending');
    wallet.clock.advanceMs(1);
    const conflict = { code: 'conflict', status: 409, message: expect.stringContaining('is expired') };
    expect(await read(late)).toMatchObject({ state: 'expired', decidedAt: late.expiresAt, decidedBy: null });
    expect((await list({ walletId: to, state: 'expired' })).data).toEqual([await read(late)]);
    expect((await list({ walletId: to, state: 'pending' })).data).toEqual([]);
    await expect(approve(late)).rejects.toMatchObject(conflict);
    await expect(decide(rejectTransferV1, late)).rejects.toMatchObject(conflict);
    await expect(decide(cancelTransferV1, late, developer)).rejects.toMatchObject(conflict);
    expect(await available(from, to)).toEqual([80n, 30n]);
  });

  it('[WL-015] are marked and told of once by any number of sweepers', async () => {
    // What other tests left behind.
    await expire();
    const [from, to] = await pair();
    const asked: Transfer[] = [];
    for (let turn = 0; turn < 30; turn += 1) {
      const ask = (): Promise<Transfer> =>
        wallet.requestTransfer(from, to, 1, { actor: { ...developer, keyId: `key_${turn % 2}` } });
      asked.push(...(await Promise.all(Array.from({ length: 5 }, ask))));
    }
    expect(await expire()).toBe(0);
    wallet.clock.advanceMs(HOURS_48_MS);
    const swept = await Promise.all([expire(), expire(), expire()]);
    expect(swept.reduce((sum, count) => sum + count, 0)).toBe(150);
    const { rows } = await wallet.database.pool.query(
      `SELECT count(*)::int AS told FROM outbox WHERE subject = 'evt.wallet.transfer.decided.v1' AND payload LIKE ANY($1)`,
      [asked.map(({ id }) => `%${id}%`)],
    );
    expect(rows).toEqual([{ told: 150 }]);
  });

  it('[WL-013] tell the notifier and the audit chain of each step', async () => {
    const [from, to] = await pair();
    const asked = await wallet.requestTransfer(from, to, 20, { reason: 'Load test' });
    await approve(asked, owner);
    const of = <T extends { transferId: string }>(events: T[]): T[] =>
      events.filter(({ transferId }) => transferId === asked.id);
    const audited = () => wallet.one.actions.filter(({ targetId }) => targetId === asked.id);
    await waitFor(() => of(wallet.one.decided).length > 0 && audited().length === 2);
    const wish = {
      transferId: asked.id,
      orgId: 'org_1',
      fromWalletId: from,
      fromWalletName: 'Rich',
      toWalletId: to,
      toWalletName: 'Poor',
      amount: 20n,
      reason: 'Load test',
      note: null,
      requestedBy: 'key_dev',
      requestedAt: asked.createdAt,
      expiresAt: asked.expiresAt,
    };
    expect(of(wallet.one.requested)).toEqual([wish]);
    const decidedAt = asked.createdAt;
    const decision = { state: 'approved', decidedBy: 'key_2', decisionReason: null, decidedAt };
    expect(of(wallet.one.decided)).toEqual([{ ...wish, ...decision }]);
    const metadata = { from_wallet_id: from, to_wallet_id: to, amount_usd: '0.00000002' };
    expect(audited()).toMatchObject([
      { action: 'transfer.request', actorId: 'key_dev', metadata },
      { action: 'transfer.approve', actorId: 'key_2', metadata },
    ]);
  });
});
