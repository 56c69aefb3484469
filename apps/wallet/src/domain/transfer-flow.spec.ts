import { nanoUsd, type NanoUsd } from '@ao/kernel';
import type { PeriodBalance } from './balance.js';
import { NO_CREDIT } from './credit.js';
import { Ledger } from './ledger.js';
import { flowBetween, move, stepsOf, type FlowStep, type MoveOutcome } from './transfer-flow.js';
import { isRequester, partyOf, seenAt, stateAt, type Transfer } from './transfer.js';
import type { Wallet } from './wallet.js';

const usd = (amount: number): NanoUsd => nanoUsd(BigInt(amount));

/** `org` with `left` (below it `a`, `b`) and `right` (below it `c`); `lone` stands alone. */
const parents: Record<string, string | null> = {
  org: null,
  left: 'org',
  right: 'org',
  a: 'left',
  b: 'left',
  c: 'right',
  lone: null,
};
const wallet = (id: string, changes: Partial<Wallet> = {}): Wallet =>
  ({ id, name: id, limit: usd(100), overdraftPercent: 0, ...changes }) as Wallet;
const pathOf = (id: string): FlowStep[] => {
  const parent = parents[id] ?? null;
  return [{ wallet: wallet(id), periodKey: 'all' }, ...(parent === null ? [] : pathOf(parent))];
};
const names = (steps: readonly FlowStep[]): string[] => steps.map((step) => step.wallet.id);
const balance = (walletId: string, changes: Partial<PeriodBalance> = {}): PeriodBalance => ({
  walletId,
  periodKey: 'all',
  posted: usd(0),
  held: usd(0),
  transferredIn: usd(0),
  transferredOut: usd(0),
  spendableMax: null,
  credit: NO_CREDIT,
  ...changes,
});
const transfer = (fromWalletId: string, toWalletId: string, amount: number): Transfer =>
  ({ id: 'trf_1', orgId: 'org_1', fromWalletId, toWalletId, amount: usd(amount), state: 'pending' }) as Transfer;

/** Moves 30 unless told, among wallets of 100 each. */
function tryMove(
  from: string,
  to: string,
  { amount = 30, balances = {} }: { amount?: number; balances?: Record<string, Partial<PeriodBalance>> } = {},
): { outcome: MoveOutcome; ledger: Ledger } {
  const flow = flowBetween(pathOf(from), pathOf(to));
  const ledger = new Ledger(names(stepsOf(flow)).map((id) => balance(id, balances[id])));
  return { outcome: move(ledger, transfer(from, to, amount), flow), ledger };
}

const accounts = (ledger: Ledger): string[] =>
  ledger.changes.entries.map(
    ({ kind, amount, creditAccount, debitAccount }) => `${kind} ${amount}: ${creditAccount} > ${debitAccount}`,
  );

describe('a transfer', () => {
  it.each([
    ['siblings', 'a', 'b', ['a'], ['b']],
    ['branches', 'a', 'c', ['a', 'left'], ['c', 'right']],
    ['trees', 'a', 'lone', ['a', 'left', 'org'], ['lone']],
    ['a parent and its child', 'left', 'a', [], ['a']],
    ['a root and its grandchild', 'org', 'a', [], ['a', 'left']],
    ['a child and its parent', 'a', 'left', ['a'], []],
  ])('[WL-008] between %s leaves alone whatever contains both', (_case, from, to, losing, gaining) => {
    const flow = flowBetween(pathOf(from), pathOf(to));
    expect([names(flow.losing), names(flow.gaining), flow.source.wallet.id]).toEqual([losing, gaining, from]);
  });

  it('[WL-014] is written twice, through an account that is even again', () => {
    expect(accounts(tryMove('a', 'c').ledger)).toEqual([
      'transfer_out 30: transfer:trf_1 > budget:a',
      'transfer_out 30: along:a > budget:left',
      'transfer_in 30: budget:c > transfer:trf_1',
      'transfer_in 30: budget:right > along:c',
    ]);
    expect(accounts(tryMove('org', 'a').ledger)).toEqual([
      'transfer_in 30: budget:a > within:org',
      'transfer_in 30: budget:left > along:a',
    ]);
    expect(accounts(tryMove('a', 'left').ledger)).toEqual(['transfer_out 30: within:left > budget:a']);
  });

  it('[WL-014] takes the last nano-dollar that is free, and not one that is spent, held or gone', () => {
    const balances = { a: { posted: usd(10), held: usd(20), transferredIn: usd(5), transferredOut: usd(15) } };
    const all = tryMove('a', 'b', { amount: 60, balances });
    expect(all.outcome).toEqual({ kind: 'moved' });
    expect(all.ledger.balance({ walletId: 'a', periodKey: 'all' })).toMatchObject({ transferredOut: 75n, posted: 10n });
    expect(all.ledger.balance({ walletId: 'b', periodKey: 'all' })).toMatchObject({ transferredIn: 60n, posted: 0n });
    const more = tryMove('a', 'b', { amount: 61, balances });
    expect(more.outcome).toMatchObject({ kind: 'short', wallet: { id: 'a' }, shortfall: 1n });
    expect(more.ledger.changes).toMatchObject({ balances: [], entries: [] });
  });

  it('[WL-014] needs as much of all that lose it, and of a source that contains the target', () => {
    expect(tryMove('a', 'c', { balances: { left: { posted: usd(80) } } }).outcome).toMatchObject({
      wallet: { id: 'left' },
      shortfall: 10n,
    });
    expect(tryMove('org', 'a', { balances: { org: { held: usd(80) } } }).outcome).toMatchObject({
      wallet: { id: 'org' },
      shortfall: 10n,
    });
    // What contains both is no part of it.
    expect(tryMove('a', 'b').outcome).toEqual({ kind: 'moved' });
  });

  it('[WL-014] leaves the overdraft where it is, and asks nothing of a source without a limit', () => {
    const flow = (from: Partial<Wallet>) => ({
      source: { wallet: wallet('a', from), periodKey: 'all' },
      losing: [{ wallet: wallet('a', from), periodKey: 'all' }],
      gaining: pathOf('lone'),
    });
    const ledger = (): Ledger => new Ledger([balance('a', { posted: usd(100) }), balance('lone')]);
    expect(move(ledger(), transfer('a', 'lone', 1), flow({ overdraftPercent: 50 }))).toMatchObject({ shortfall: 1n });
    expect(move(ledger(), transfer('a', 'lone', 1), flow({ limit: null }))).toEqual({ kind: 'moved' });
  });

  it('[WL-015] is expired from the instant of expiry on, and ended then', () => {
    const pending = { ...transfer('a', 'b', 1), expiresAtMs: 1_000, decidedAtMs: null };
    expect([stateAt(pending, 999), stateAt(pending, 1_000)]).toEqual(['pending', 'expired']);
    expect(seenAt(pending, 999)).toBe(pending);
    expect(seenAt(pending, 5_000)).toMatchObject({ state: 'expired', decidedAtMs: 1_000 });
    expect(stateAt({ ...pending, state: 'approved' }, 5_000)).toBe('approved');
  });

  it('[WL-014] knows its requester by the key, and by the person behind two keys', () => {
    const asked = { requestedBy: { keyId: 'key_1', userId: 'usr_1' } };
    const by = (keyId: string, userId?: string | null): boolean => isRequester(asked, partyOf({ keyId, userId }));
    expect([by('key_1', null), by('key_2', 'usr_1'), by('key_2', 'usr_2'), by('key_2')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isRequester({ requestedBy: partyOf({ keyId: 'key_1' }) }, partyOf({ keyId: 'key_2' }))).toBe(false);
  });
});
