import { principal, principalExample, type BudgetScope, type ScopedBudget } from '@ao/contracts';
import { BudgetScopes } from './budget-scopes.js';
import { attributionOf } from './calls/attribution.js';
import type { InboundCall } from './calls/call.js';

const call = {
  principal: { ...principal.parse(principalExample), teamId: 'blue', userId: 'ann', keyId: 'key_1' },
  tags: ['summer'],
  endUserId: null,
  sessionId: 's1',
} as unknown as InboundCall;
const request = { model: 'fast', endUserId: 'eve', tags: ['batch', 'summer'] };
const plan = {
  route: { modelGroup: 'gpt-4o', provider: { name: 'azure' } },
  request,
  attribution: attributionOf(call, request),
} as unknown as Parameters<BudgetScopes['applyingTo']>[1];

const budget = (walletId: string, scope: BudgetScope, orgId = 'org_1'): ScopedBudget => ({ walletId, orgId, scope });
const applying = (...budgets: ScopedBudget[]): string[] =>
  new BudgetScopes(budgets)
    .applyingTo(call, plan)
    .map(({ walletId, values }) => (values.length > 0 ? `${walletId}(${values.join(',')})` : walletId));

describe('budgets of other scopes', () => {
  it.each<[string, BudgetScope]>([
    ['the organisation', {}],
    ['a team', { team: 'blue' }],
    ['a member', { team: 'blue', user: 'ann' }],
    ['a user', { user: 'ann' }],
    ['a key', { key: 'key_1' }],
    ['a key × model', { key: 'key_1', model: 'gpt-4o' }],
    ['a model by its alias', { model: 'fast' }],
    ['an end user', { end_user: 'eve' }],
    ['a tag of the header', { tag: 'summer' }],
    ['a tag of the body', { tag: 'batch' }],
    ['a provider', { provider: 'azure' }],
    ['an agent session', { session: 's1' }],
  ])('[BX-018] of %s apply to its calls', (_name, scope) => expect(applying(budget('b', scope))).toEqual(['b']));

  it('[BX-018] do not apply when one condition is not met, or to another organisation', () => {
    expect(
      applying(
        budget('a', { team: 'red' }),
        budget('b', { key: 'key_1', model: 'o3' }),
        budget('c', { team: 'blue', user: 'bob' }),
        budget('d', {}, 'org_2'),
        budget('e', { tag: 'winter' }),
      ),
    ).toEqual([]);
  });

  it('[BX-018] of templates apply once for each value: a tag each, of two names of a model only the shared one', () => {
    expect(
      applying(budget('t', { tag: '*' }), budget('m', { key: '*', model: '*' }), budget('e', { end_user: '*' })),
    ).toEqual(['e(eve)', 'm(key_1,gpt-4o)', 't(batch)', 't(summer)']);
  });

  it('[BX-018] of templates do not apply to a call that has no such value', () => {
    const anonymous = { ...plan, attribution: { ...plan.attribution, endUserId: null } };
    expect(new BudgetScopes([budget('e', { end_user: '*' })]).applyingTo(call, anonymous)).toEqual([]);
  });

  it('come in the same order whatever the order of the snapshot, and never more than 24', () => {
    const many = Array.from({ length: 40 }, (_, index) => budget(`b${String(index).padStart(2, '0')}`, {}));
    expect(applying(...many)).toEqual(applying(...many.toReversed()));
    expect(applying(...many)).toHaveLength(24);
  });

  it('[BX-020] of a bound tag and of the key are not pushed out by other tags that the caller names', () => {
    const rules = { ...call.principal.attribution, boundTags: ['zebra'] };
    const bound = { ...call, principal: { ...call.principal, attribution: rules } };
    const many = { tags: Array.from({ length: 50 }, (_, index) => `a${index}`), endUserId: null };
    const budgets = [budget('a', { tag: '*' }), budget('b', { tag: 'zebra' }), budget('c', { key: 'key_1' })];
    const claims = new BudgetScopes(budgets).applyingTo(bound, { ...plan, attribution: attributionOf(bound, many) });
    expect(claims).toHaveLength(24);
    expect(claims).toEqual(
      expect.arrayContaining([
        { walletId: 'a', values: ['zebra'] },
        { walletId: 'b', values: [] },
        { walletId: 'c', values: [] },
      ]),
    );
  });
});
