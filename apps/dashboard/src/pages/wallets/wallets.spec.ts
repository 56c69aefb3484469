import fc from 'fast-check';
import type { Wallet } from '../../api/types.js';
import { stateOf } from './balance-state.js';
import { toTree } from './wallet-tree.js';

const wallet = (id: string, parentId: string | null, name = id): Wallet => ({
  id,
  name,
  parent_id: parentId,
  owner_type: 'team',
  owner_id: 'team_1',
  limit_usd: null,
  period: 'none',
  time_zone: 'UTC',
  overdraft_percent: 0,
  cost_center: null,
  active: true,
  created_at: '2026-01-01T00:00:00.000Z',
});
const outline = (wallets: Wallet[]): string[] =>
  toTree(wallets).map((node) => '-'.repeat(node.depth) + node.wallet.name);

describe('the tree of wallets', () => {
  it('has children under their parents, siblings by name, in whatever order they came', () => {
    const wallets = [wallet('4', '2', 'd'), wallet('3', '1', 'c'), wallet('1', null, 'a'), wallet('2', '1', 'b')];
    expect(outline(wallets)).toEqual(['a', '-b', '--d', '-c']);
  });

  it('shows a wallet whose parent is out of sight as a root', () =>
    expect(outline([wallet('1', 'hidden', 'a'), wallet('2', '1', 'b')])).toEqual(['a', '-b']));

  it('shows every wallet exactly once, even of a ring', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const parents = fc.array(fc.option(fc.constantFrom(...ids, 'elsewhere')), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(parents, (given) => {
        const nodes = toTree(ids.map((id, index) => wallet(id, given[index] ?? null)));
        expect(nodes.map((node) => node.wallet.id).toSorted()).toEqual(ids);
      }),
    );
  });
});

describe('the state of a balance', () => {
  const figures = { limit_usd: '100', spent_usd: '0', held_usd: '0', available_usd: '100', used_percent: 0 };

  it('warns at 85% of the limit, from 80% on', () => {
    const at = (percent: number) => stateOf({ ...figures, spent_usd: String(percent), used_percent: percent });
    expect(at(85)).toEqual({ kind: 'warning', tone: 'warn', spentShare: 0.85, heldShare: 0 });
    expect(at(80).kind).toBe('warning');
    expect(at(79.99).kind).toBe('fine');
  });

  it('is exhausted with nothing left, whether it was spent or is held', () => {
    expect(stateOf({ ...figures, spent_usd: '100', available_usd: '0', used_percent: 100 }).kind).toBe('exhausted');
    expect(stateOf({ ...figures, spent_usd: '70', held_usd: '30', available_usd: '0', used_percent: 70 })).toEqual({
      kind: 'exhausted',
      tone: 'bad',
      spentShare: 0.7,
      heldShare: 0.3,
    });
    expect(stateOf({ ...figures, spent_usd: '100.01', available_usd: '-0.01', used_percent: 100.01 }).spentShare).toBe(
      1,
    );
  });

  it('only warns beyond the limit while an overdraft still carries', () =>
    expect(stateOf({ ...figures, spent_usd: '105', available_usd: '5', used_percent: 105 }).kind).toBe('warning'));

  it('measures nothing without a limit', () =>
    expect(stateOf({ ...figures, limit_usd: null, available_usd: null, used_percent: null }).kind).toBe('unlimited'));

  it('[BX-019] is fine or exhausted where the wallet is prepaid', () => {
    const prepaid = { ...figures, limit_usd: null, used_percent: null };
    expect(stateOf(prepaid).kind).toBe('fine');
    expect(stateOf({ ...prepaid, available_usd: '-1' })).toMatchObject({ kind: 'exhausted', tone: 'bad' });
  });
});
