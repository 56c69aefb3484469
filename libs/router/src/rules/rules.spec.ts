import { ruleField, ruleOperator, type RuleCondition } from '@ao/contracts';
import fc from 'fast-check';
import { problemOfPattern } from './compile-condition.js';
import { questionOf, routerOf, tableOf } from '../testing/world.js';

type Asked = Parameters<typeof questionOf>[0];

const holds = (condition: RuleCondition | RuleCondition[], question: Asked = {}): boolean => {
  const conditions = [condition].flat();
  const { ruleBook } = tableOf({ rules: [{ conditions, action: { type: 'route', model: 'other' } }] });
  const asked = questionOf(question);
  return ruleBook.firstThatHolds(asked, asked.model) !== null;
};
const monday = Date.UTC(2026, 0, 5, 9, 30);

describe('the conditions of rules', () => {
  it.each<[RuleCondition['field'], RuleCondition['operator'], RuleCondition['value'], Asked, boolean]>([
    ['model', 'eq', 'chat', {}, true],
    ['model', 'eq', 'other', {}, false],
    ['model', 'ne', 'other', {}, true],
    ['model', 'ne', 'chat', {}, false],
    ['model', 'in', ['a', 'chat'], {}, true],
    ['model', 'not_in', ['a', 'b'], {}, true],
    ['model', 'not_in', ['a', 'chat'], {}, false],
    ['model', 'contains', 'ha', {}, true],
    ['model', 'regex', '^ch.t$', {}, true],
    ['model', 'regex', '^ha', {}, false],
    ['organisation', 'eq', 'org_1', {}, true],
    ['team', 'eq', 'team_1', {}, true],
    ['team', 'in', ['team_2'], {}, false],
    ['user', 'eq', 'usr_1', {}, true],
    ['key', 'ne', 'key_1', {}, false],
    ['end_user', 'eq', 'eve', { endUserId: 'eve' }, true],
    ['end_user', 'eq', 'eve', {}, false],
    ['end_user', 'ne', 'eve', {}, true],
    ['end_user', 'not_in', ['eve'], {}, true],
    ['end_user', 'regex', '.*', {}, false],
    ['tags', 'eq', 'b', { tags: ['a', 'b'] }, true],
    ['tags', 'contains', 'b', { tags: ['a', 'b'] }, true],
    ['tags', 'contains', 'b', { tags: ['abc'] }, false],
    ['tags', 'in', ['x', 'a'], { tags: ['a', 'b'] }, true],
    ['tags', 'ne', 'b', { tags: ['a', 'b'] }, false],
    ['tags', 'not_in', ['b'], {}, true],
    ['tags', 'regex', '^team-', { tags: ['x', 'team-7'] }, true],
    ['feature', 'eq', 'search', { featureId: 'search' }, true],
    ['region', 'eq', 'EU', { region: 'eu' }, true],
    ['country', 'in', ['de', 'FR'], { country: 'DE' }, true],
    ['country', 'in', ['DE'], {}, false],
    ['country', 'not_in', ['DE'], {}, true],
    ['estimated_tokens', 'gt', 99, {}, true],
    ['estimated_tokens', 'gt', 100, {}, false],
    ['estimated_tokens', 'gte', 100, {}, true],
    ['estimated_tokens', 'lt', 100, {}, false],
    ['estimated_tokens', 'lte', '100', {}, true],
    ['estimated_tokens', 'eq', 100, {}, true],
    ['estimated_tokens', 'gt', [1, 2], {}, false],
    ['estimated_tokens', 'gt', 'many', {}, false],
    ['estimated_cost_usd', 'gte', 0.01, {}, true],
    ['estimated_cost_usd', 'lt', 5, { estimatedCostUsd: () => null }, false],
    ['stream', 'eq', true, { stream: true }, true],
    ['stream', 'eq', 'false', {}, true],
    ['endpoint', 'contains', 'embeddings', { endpoint: '/v1/embeddings' }, true],
    ['time', 'gte', '9:30', { nowMs: monday }, true],
    ['time', 'lt', '09:30', { nowMs: monday }, false],
    ['weekday', 'in', ['Monday', 'tue'], { nowMs: monday }, true],
    ['weekday', 'eq', 'sun', { nowMs: monday }, false],
  ])('[RT-002] %s %s %j of %j: %j', (field, operator, value, question, expected) => {
    expect(holds({ field, operator, value }, question)).toBe(expected);
  });

  it('[RT-002] holds only where all conditions do', () => {
    const streams: RuleCondition = { field: 'stream', operator: 'eq', value: true };
    const chat: RuleCondition = { field: 'model', operator: 'eq', value: 'chat' };
    expect(holds([chat, streams], { stream: true })).toBe(true);
    expect(holds([chat, streams])).toBe(false);
    expect(holds([])).toBe(true);
  });

  it('[RT-002] never both holds and holds not: ne and not_in are the opposites of eq and in, also of what is absent', () => {
    const fields = fc.constantFrom(...ruleField.options);
    const operand = fc.oneof(fc.constantFrom('chat', 'team_1', 'a', 'DE', 'mon', '09:30'), fc.integer(), fc.boolean());
    const asked = fc.record({ tags: fc.array(fc.constantFrom('a', 'b')), country: fc.constantFrom(null, 'DE') });
    fc.assert(
      fc.property(fields, fc.array(operand, { minLength: 1, maxLength: 3 }), asked, (field, value, question) => {
        expect(holds({ field, operator: 'not_in', value }, question)).toBe(
          !holds({ field, operator: 'in', value }, question),
        );
        expect(holds({ field, operator: 'ne', value }, question)).toBe(
          !holds({ field, operator: 'eq', value }, question),
        );
      }),
    );
  });

  it('[RT-002] takes every operator over every field, whatever the operand', () => {
    const condition = fc.record({
      field: fc.constantFrom(...ruleField.options),
      operator: fc.constantFrom(...ruleOperator.options),
      value: fc.oneof(
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.array(fc.string(), { minLength: 1 }),
      ),
    });
    fc.assert(fc.property(condition, (one) => typeof holds(one) === 'boolean'));
  });

  it('reads patterns in time linear to the text, and one that cannot be read matches nothing', () => {
    const text = `${'a'.repeat(200)}!`;
    // A backtracking engine would take longer than the test may.
    expect(holds({ field: 'feature', operator: 'regex', value: '^(a+)+$' }, { featureId: text })).toBe(false);
    expect(holds({ field: 'feature', operator: 'regex', value: '(' }, { featureId: '(' })).toBe(false);
    expect(problemOfPattern('(?=a)')).toContain('(?=');
    expect(problemOfPattern('^a+$')).toBeNull();
  });
});

describe('the rules of a table', () => {
  const to = (model: string) => ({ type: 'route', model });
  const resolve = (rules: Record<string, unknown>[], question: Asked = {}) =>
    routerOf({ rules }).router.resolve(questionOf(question));

  it('[RT-002] takes the first that holds: the lower number, then the older one', () => {
    expect(
      resolve([
        { priority: 2, action: to('two') },
        { priority: 1, action: to('one') },
      ]).modelGroup,
    ).toBe('one');
    expect(
      resolve([
        { id: 'rul_b', action: to('b') },
        { id: 'rul_a', action: to('a') },
      ]).modelGroup,
    ).toBe('a');
    const other = [{ field: 'model', operator: 'eq', value: 'nothing' }];
    expect(resolve([{ priority: 1, conditions: other, action: to('one') }, { action: to('two') }])).toMatchObject({
      modelGroup: 'two',
      decision: { rule: { id: 'rul_0001', name: 'rule 1' } },
    });
  });

  it('leaves rules of others alone: of another organisation, of another team, switched off', () => {
    expect(resolve([{ orgId: 'org_2', action: to('x') }]).modelGroup).toBe('chat');
    expect(resolve([{ orgId: 'org_1', action: to('x') }]).modelGroup).toBe('x');
    expect(resolve([{ teamId: 'team_2', action: to('x') }]).modelGroup).toBe('chat');
    expect(resolve([{ teamId: 'team_1', action: to('x') }]).modelGroup).toBe('x');
    expect(resolve([{ teamId: 'team_1', action: to('x') }], { principal: { teamId: null } }).modelGroup).toBe('chat');
    expect(resolve([{ enabled: false, action: to('x') }]).modelGroup).toBe('chat');
    const contradiction = [{ field: 'team', operator: 'eq', value: 'team_2' }];
    expect(resolve([{ teamId: 'team_1', conditions: contradiction, action: to('x') }]).modelGroup).toBe('chat');
  });

  it('[RT-001] blocks with the message of the rule', () => {
    const action = { type: 'block', message: 'Not at night.' };
    expect(() => resolve([{ action }])).toThrow(
      expect.objectContaining({ code: 'policy_denied', status: 403, message: 'Not at night.' }),
    );
    expect(() => resolve([{ name: 'no chat', action: { type: 'block' } }])).toThrow('"no chat"');
  });

  it('knows a model by its alias and by its group, and follows aliases on the way out', () => {
    const aliases = [
      { alias: 'fast', modelGroup: 'chat' },
      { alias: 'best', modelGroup: 'premium' },
    ];
    const resolveAlias = (value: string) =>
      routerOf({ aliases, rules: [{ conditions: [{ field: 'model', operator: 'eq', value }], action: to('best') }] });
    for (const name of ['fast', 'chat']) {
      expect(resolveAlias(name).router.resolve(questionOf({ model: 'fast' }))).toMatchObject({
        modelGroup: 'premium',
        decision: { alias: 'fast' },
      });
    }
    expect(resolveAlias('fast').router.resolve(questionOf({ model: 'chat' })).modelGroup).toBe('chat');
  });

  it('finds figures that cost something only where a rule comes to ask for them, and once', () => {
    let counted = 0;
    const promptTokensBound = () => (counted += 1);
    const costly = { field: 'estimated_tokens', operator: 'gt', value: 1_000 };
    const elsewhere = { field: 'team', operator: 'eq', value: 'team_2' };
    resolve([{ conditions: [costly, elsewhere], action: to('x') }], { promptTokensBound });
    resolve([{ conditions: [costly, { ...elsewhere, operator: 'contains' }], action: to('x') }], { promptTokensBound });
    expect(counted).toBe(0);
    resolve(
      [1, 2, 3].map(() => ({ conditions: [costly], action: to('x') })),
      { promptTokensBound },
    );
    expect(counted).toBe(1);
  });

  it('decides the same with its index as without', () => {
    const condition = fc.record({
      field: fc.constantFrom('model', 'team', 'stream'),
      operator: fc.constantFrom('eq', 'in', 'ne', 'not_in'),
      value: fc.constantFrom<string | string[]>('chat', 'a', ['chat', 'b'], 'team_1', ['team_2', 'team_1'], 'false'),
    });
    const rule = fc.record({
      priority: fc.nat(3),
      orgId: fc.constantFrom(null, 'org_1', 'org_2'),
      teamId: fc.constantFrom(null, 'team_1', 'team_2'),
      conditions: fc.array(condition, { maxLength: 3 }),
    });
    const call = fc.record({
      model: fc.constantFrom('chat', 'a', 'unheard-of'),
      principal: fc.record({
        orgId: fc.constantFrom('org_1', 'org_3'),
        teamId: fc.constantFrom(null, 'team_1', 'team_9'),
      }),
    });
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), fc.array(call, { minLength: 1, maxLength: 4 }), (rules, calls) => {
        const all = rules.map((one, index) => ({ id: `rul_${index}`, ...one, action: to(`to-${index}`) }));
        const { router } = routerOf({ rules: all });
        for (const asked of calls) {
          const expected = all
            .filter(({ orgId }) => orgId === null || orgId === asked.principal.orgId)
            .filter(({ teamId }) => teamId === null || teamId === asked.principal.teamId)
            .filter(({ conditions }) => conditions.every((one) => holdsPlainly(one, asked)))
            .sort((a, b) => a.priority - b.priority || a.id.localeCompare(b.id))[0];
          expect(router.resolve(questionOf(asked)).decision.rule?.id).toBe(expected?.id);
        }
      }),
    );
  });
});

/** The rules of three fields, said in the plainest way. */
function holdsPlainly(
  { field, operator, value }: { field: string; operator: string; value: string | string[] },
  { model, principal }: { model: string; principal: { teamId: string | null } },
): boolean {
  const own = { model, team: principal.teamId, stream: 'false' }[field] ?? null;
  const isOne = own !== null && [value].flat().includes(own);
  return operator === 'eq' || operator === 'in' ? isOne : !isOne;
}
