import {
  createRuleV1,
  deleteRuleV1,
  getRuleV1,
  listRulesV1,
  updateRuleV1,
  type Actor,
  type CallOf,
  type OwnedRule,
} from '@ao/contracts';
import { RoutingHarness, eventually, owner, stranger } from './harness.suite.js';

const prodToDemo = {
  name: 'production to the demo',
  conditions: [{ field: 'tags' as const, operator: 'eq' as const, value: 'prod' }],
  action: { type: 'route' as const, model: 'demo-chat' },
};

describe('routing rules', () => {
  const routing = new RoutingHarness();
  const { bus } = routing;

  beforeAll(() => routing.start());
  afterAll(() => routing.stop());

  const make = async (priority: number, fields: Partial<CallOf<typeof createRuleV1>> = {}): Promise<OwnedRule> =>
    (await bus.request(createRuleV1, { actor: owner, ...prodToDemo, priority, ...fields })).rule;
  const publishedOf = (id: string) => routing.table.rules.find((rule) => rule.id === id);
  const namesOf = async (actor: Actor, limit: number): Promise<string[]> => {
    const names: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await bus.request(listRulesV1, { actor, limit, ...(cursor && { cursor }) });
      names.push(...page.data.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    return names;
  };

  it('[RT-001] are listed and published by priority, the older one of two equal ones first', async () => {
    const actor = { ...owner, orgId: 'org_order' };
    for (const [name, priority] of [
      ['c', 20],
      ['a', 5],
      ['d', 20],
      ['b', 10],
      ['e', 1_000_000],
    ] as const) {
      await make(priority, { actor, name });
    }
    expect(await namesOf(actor, 2)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await namesOf(actor, 50)).toEqual(['a', 'b', 'c', 'd', 'e']);
    const published = (): string[] =>
      routing.table.rules.filter(({ orgId }) => orgId === actor.orgId).map(({ name }) => name);
    await eventually(() => expect(published()).toEqual(['a', 'b', 'c', 'd', 'e']));
  });

  it('[RT-001] are made, read, changed and deleted; gateways and the audit chain hear of each', async () => {
    const rule = await make(7, { teamId: 'team_1' });
    expect(rule).toMatchObject({ ...prodToDemo, priority: 7, teamId: 'team_1', enabled: true, experimentId: null });
    await eventually(() => expect(publishedOf(rule.id)).toMatchObject({ orgId: owner.orgId, ...prodToDemo }));
    const named = { actor: owner, ruleId: rule.id };

    const action = { type: 'block' as const, message: 'not now' };
    const { rule: changed } = await bus.request(updateRuleV1, { ...named, action, priority: 3, teamId: null });
    expect(changed).toEqual({ ...rule, action, priority: 3, teamId: null });
    expect((await bus.request(getRuleV1, named)).rule).toEqual(changed);
    await eventually(() => expect(publishedOf(rule.id)).toMatchObject({ action, priority: 3, teamId: null }));

    await bus.request(updateRuleV1, { ...named, enabled: false });
    await eventually(() => expect(publishedOf(rule.id)).toBeUndefined());
    expect(await bus.request(deleteRuleV1, named)).toEqual({ deleted: true });
    await expect(bus.request(getRuleV1, named)).rejects.toMatchObject({ code: 'not_found' });
    const told = ['create', 'update', 'update', 'delete'].map((verb) => `${owner.orgId} rule.${verb} ${rule.id}`);
    await eventually(() => expect(routing.actions.filter((each) => each.endsWith(rule.id))).toEqual(told));
  });

  it('[RT-001] may name what the organisation or the platform has, and nothing else', async () => {
    const { id: providerId, name: provider } = await routing.create({ models: ['own-model'] });
    const weights = { [routing.deploymentsOf(providerId)[0]!.id]: 3 };
    for (const target of [
      { model: 'own-model' },
      { model: 'fast' },
      { provider },
      { provider: providerId },
      { weights },
    ]) {
      await expect(make(1, { action: { type: 'route', ...target } })).resolves.toMatchObject({ action: target });
    }
    const refuses = async (action: object, param: string, actor = owner): Promise<void> => {
      const made = make(1, { actor, action: { type: 'route', ...action } });
      await expect(made).rejects.toMatchObject({ code: 'invalid_parameter', param });
    };
    await refuses({ model: 'nowhere' }, 'action.model');
    await refuses({ provider: 'nobody' }, 'action.provider');
    await refuses({ weights: { dep_none: 1 } }, 'action.weights');
    await refuses({ weights: { [Object.keys(weights)[0]!]: 0 } }, 'action.weights');
    await refuses({}, 'action');
    // Of another organisation, as if they were not there.
    await refuses({ model: 'own-model' }, 'action.model', stranger);
    await refuses({ provider: providerId }, 'action.provider', stranger);
    await refuses({ weights }, 'action.weights', stranger);
    const { id } = await make(1);
    const worse = {
      actor: owner,
      ruleId: id,
      conditions: [{ field: 'time', operator: 'in', value: ['08:00'] }],
    } as const;
    await expect(bus.request(updateRuleV1, worse as never)).rejects.toMatchObject({ param: 'conditions.0.operator' });
  });

  it('[RT-001] of another organisation are as if they were not there, and members see none', async () => {
    const { id: ruleId, name } = await make(9, { name: 'mine alone' });
    const missing = { code: 'not_found' };
    const foreign = { actor: stranger, ruleId };
    await expect(bus.request(getRuleV1, foreign)).rejects.toMatchObject(missing);
    await expect(bus.request(updateRuleV1, { ...foreign, enabled: false })).rejects.toMatchObject(missing);
    await expect(bus.request(deleteRuleV1, foreign)).rejects.toMatchObject(missing);
    expect(await namesOf(stranger, 50)).not.toContain(name);
    const denied = { code: 'permission_denied' };
    const member = { ...owner, role: 'member' as const };
    await expect(make(1, { actor: member })).rejects.toMatchObject(denied);
    await expect(bus.request(listRulesV1, { actor: member })).rejects.toMatchObject(denied);
    await expect(bus.request(deleteRuleV1, { actor: member, ruleId })).rejects.toMatchObject(denied);
    await expect(bus.request(updateRuleV1, { actor: member, ruleId, priority: 1 })).rejects.toMatchObject(denied);
  });

  it('[RT-001] are so many and no more', async () => {
    const small = await routing.startReplica({ RULES_PER_ORGANISATION_MAX: '2' });
    const request = { actor: { ...owner, orgId: 'org_small' }, ...prodToDemo, priority: 1 };
    await small.request(createRuleV1, request);
    await small.request(createRuleV1, request);
    await expect(small.request(createRuleV1, request)).rejects.toMatchObject({ code: 'conflict' });
  });
});
