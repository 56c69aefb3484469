import {
  createExperimentV1,
  deleteExperimentV1,
  getExperimentResultsV1,
  getExperimentV1,
  listExperimentsV1,
  queryExperimentV1,
  stepExperimentV1,
  updateExperimentV1,
  type CallOf,
  type Experiment,
  type ExperimentStep,
  type VariantFigures,
} from '@ao/contracts';
import { nanoUsd } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { RoutingHarness, eventually, owner, stranger } from './harness.suite.js';

const VARIANTS = [
  { name: 'large', model: 'demo-chat', percentage: 50 },
  { name: 'mini', model: 'group-a', percentage: 50 },
];

/** Of 100 calls, at so many nano-dollars each. */
const figuresOf = (variant: string, costEach: bigint, calls = 100): VariantFigures => ({
  variant,
  calls,
  errors: 0,
  cost: nanoUsd(costEach * BigInt(calls)),
  costVariance: 100,
  latency: { count: calls, mean: 500, variance: 100, p50: 490, p95: 800 },
});

describe('experiments', () => {
  const routing = new RoutingHarness({ EXPERIMENT_CHECK_INTERVAL_MS: '200' });
  const { bus } = routing;
  /** What `analytics` would answer, by experiment; and who asked. */
  const figures = new Map<string, VariantFigures[]>();
  const asked: string[] = [];

  beforeAll(async () => {
    await routing.start();
    await routing.create({ models: ['group-a', 'group-b'] });
    await bus.respond(queryExperimentV1, async ({ actor, experimentId }) => {
      asked.push(`${actor.orgId} ${experimentId}`);
      return { variants: figures.get(experimentId) ?? [] };
    });
  });
  afterAll(() => routing.stop());

  let number = 0;
  const draft = async (fields: Partial<CallOf<typeof createExperimentV1>> = {}): Promise<Experiment> => {
    number += 1;
    const settings = {
      name: `experiment ${number}`,
      modelGroup: 'demo-chat',
      unit: 'user' as const,
      variants: VARIANTS,
    };
    const request = { actor: owner, ...settings, targetMetric: 'cost' as const, sampleMin: 50, ...fields };
    return (await bus.request(createExperimentV1, request)).experiment;
  };
  const step = async (id: string, name: ExperimentStep, variant?: string): Promise<Experiment> => {
    const request = { actor: owner, experimentId: id, step: name, ...(variant && { variant }) };
    return (await bus.request(stepExperimentV1, request)).experiment;
  };
  const read = async (id: string): Promise<Experiment> =>
    (await bus.request(getExperimentV1, { actor: owner, experimentId: id })).experiment;
  const running = (id: string) => routing.table.experiments.find((each) => each.id === id);
  const ruleOf = (id: string | null) => routing.table.rules.find((rule) => rule.id === id);
  const actionsOn = (id: string): string[] =>
    routing.actions.filter((each) => each.endsWith(id)).map((each) => each.split(' ')[1]!);

  it('[EX-001] start, pause and conclude, and only while they run do gateways share calls out', async () => {
    const { id, state } = await draft({ modelGroup: 'group-b' });
    expect(state).toBe('draft');
    await expect(step(id, 'pause')).rejects.toMatchObject({ code: 'conflict' });
    await expect(step(id, 'conclude')).rejects.toMatchObject({ code: 'conflict' });
    expect(await step(id, 'start')).toMatchObject({ state: 'running', startedAt: expect.any(String) });
    const shared = { orgId: owner.orgId, teamId: null, modelGroup: 'group-b', unit: 'user', variants: VARIANTS };
    await eventually(() => expect(running(id)).toEqual({ id, ...shared }));
    const { startedAt } = await step(id, 'pause');
    await eventually(() => expect(running(id)).toBeUndefined());
    expect(await step(id, 'start')).toMatchObject({ state: 'running', startedAt });
    expect(await step(id, 'conclude')).toMatchObject({ state: 'concluded', winner: null });
    await eventually(() => expect(running(id)).toBeUndefined());
    await expect(step(id, 'start')).rejects.toMatchObject({ code: 'conflict' });
    const told = ['create', 'start', 'pause', 'start', 'conclude'].map((verb) => `experiment.${verb}`);
    await eventually(() => expect(actionsOn(id)).toEqual(told));
  });

  it('[EX-001] are refused with percentages of 110, unknown models and too small a sample', async () => {
    const variants = [{ ...VARIANTS[0]!, percentage: 60 }, VARIANTS[1]!];
    const uneven = { code: 'invalid_parameter', message: expect.stringContaining('these have 110') };
    await expect(draft({ variants })).rejects.toMatchObject(uneven);
    const unknown = [VARIANTS[0]!, { ...VARIANTS[1]!, model: 'nowhere' }];
    await expect(draft({ variants: unknown })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'variants' });
    await expect(draft({ modelGroup: 'nowhere' })).rejects.toMatchObject({ param: 'model_group' });
    // The models of one organisation are not there for another.
    await expect(draft({ actor: stranger })).rejects.toMatchObject({ param: 'variants' });
  });

  it('[EX-001] run one at a time for a group and team, also when two are started at once', async () => {
    const made = await Promise.all([draft(), draft(), draft({ teamId: 'team_1' })]);
    const outcomes = await Promise.allSettled(made.slice(0, 2).map(({ id }) => step(id, 'start')));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: 'conflict', param: 'model_group' });
    await expect(step(made[2].id, 'start')).resolves.toMatchObject({ state: 'running' });
    for (const { id } of made) if ((await read(id)).state === 'running') await step(id, 'conclude');
  });

  it('[EX-002] take other percentages while they run, and nothing that makes the figures mean another thing', async () => {
    const { id } = await draft({ modelGroup: 'group-a' });
    await step(id, 'start');
    const variants = VARIANTS.map((variant, index) => ({ ...variant, percentage: index === 0 ? 90 : 10 }));
    await bus.request(updateExperimentV1, { actor: owner, experimentId: id, variants });
    await eventually(() => expect(running(id)?.variants).toEqual(variants));
    const other = bus.request(updateExperimentV1, { actor: owner, experimentId: id, unit: 'key' });
    await expect(other).rejects.toMatchObject({ code: 'conflict' });
    const deleted = bus.request(deleteExperimentV1, { actor: owner, experimentId: id });
    await expect(deleted).rejects.toMatchObject({ code: 'conflict' });
    await step(id, 'conclude');
    await bus.request(deleteExperimentV1, { actor: owner, experimentId: id });
    await expect(read(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('[EX-003][EX-004] show each variant, and a verdict once there are calls enough', async () => {
    const { id } = await draft();
    const results = () => bus.request(getExperimentResultsV1, { actor: owner, experimentId: id });
    expect(await results()).toMatchObject({
      results: [{ variant: 'large', calls: 0, errorRate: null, costMean: null, latencyMs: null }, { variant: 'mini' }],
      verdict: { outcome: 'not_enough_data', best: null },
    });
    await step(id, 'start');
    figures.set(id, [figuresOf('large', 1_001n), figuresOf('mini', 1_000n, 49)]);
    expect((await results()).verdict.outcome).toBe('not_enough_data');
    figures.set(id, [figuresOf('large', 1_001n), figuresOf('mini', 1_000n)]);
    const answer = await results();
    expect(answer.results[0]).toEqual({
      variant: 'large',
      calls: 100,
      errors: 0,
      errorRate: 0,
      cost: 100_100n,
      costMean: 1_001n,
      latencyMs: { mean: 500, p50: 490, p95: 800 },
    });
    // 1 between the means, √2 of standard error: z = 0.7071, p = 0.4795.
    const chance = { variant: 'large', delta: expect.closeTo(1 / 1_001, 8), pValue: expect.closeTo(0.4795, 4) };
    expect(answer.verdict).toEqual({
      outcome: 'no_difference',
      best: 'mini',
      significance: 0.05,
      comparisons: [chance],
    });
    expect(asked).toContain(`${owner.orgId} ${id}`);
    await step(id, 'conclude');
  });

  it('[EX-005] promote a clear winner by themselves: a rule, an audit row, and a way back', async () => {
    const { id, name } = await draft({ teamId: 'team_5', autoPromote: { minDelta: 0.1, significance: 0.01 } });
    await step(id, 'start');
    figures.set(id, [figuresOf('large', 1_000n), figuresOf('mini', 950n)]);
    const before = asked.length;
    await waitFor(() => asked.length >= before + 2);
    expect(await read(id)).toMatchObject({ state: 'running', promotedRuleId: null });

    figures.set(id, [figuresOf('large', 1_000n), figuresOf('mini', 900n)]);
    const concluded = await waitFor(async () => {
      const now = await read(id);
      return now.state === 'concluded' ? now : null;
    });
    expect(concluded).toMatchObject({ winner: 'mini', concludedAt: expect.any(String) });
    await eventually(() =>
      expect(ruleOf(concluded.promotedRuleId)).toMatchObject({
        orgId: owner.orgId,
        teamId: 'team_5',
        name: `promoted: ${name}`,
        priority: 1_000_000,
        conditions: [{ field: 'model', operator: 'eq', value: 'demo-chat' }],
        action: { type: 'route', model: 'group-a' },
      }),
    );
    expect(running(id)).toBeUndefined();
    const kept = bus.request(deleteExperimentV1, { actor: owner, experimentId: id });
    await expect(kept).rejects.toMatchObject({ code: 'conflict' });

    expect(await step(id, 'revert')).toMatchObject({ state: 'concluded', promotedRuleId: null });
    await eventually(() => expect(ruleOf(concluded.promotedRuleId)).toBeUndefined());
    await expect(step(id, 'revert')).rejects.toMatchObject({ code: 'conflict' });
    const told = ['create', 'start', 'promote', 'revert'].map((verb) => `experiment.${verb}`);
    await eventually(() => expect(actionsOn(id)).toEqual(told));
  });

  it('[EX-005] are promoted once, whichever replica looks first', async () => {
    await routing
      .startReplica({ EXPERIMENT_CHECK_INTERVAL_MS: '100' })
      .then((other) =>
        other.respond(queryExperimentV1, async ({ experimentId }) => ({ variants: figures.get(experimentId) ?? [] })),
      );
    const { id } = await draft({ teamId: 'team_6', autoPromote: { minDelta: 0.1, significance: 0.01 } });
    figures.set(id, [figuresOf('large', 1_000n), figuresOf('mini', 500n)]);
    await step(id, 'start');
    const { promotedRuleId } = await waitFor(async () => {
      const now = await read(id);
      return now.state === 'concluded' ? now : null;
    });
    const rows = await routing.rowsOf(`SELECT id FROM routing.routing_rule WHERE experiment_id = '${id}'`);
    expect(JSON.parse(rows)).toEqual([{ id: promotedRuleId }]);
  });

  it('[EX-005] are promoted by an administrator: the winner, or the variant that is named', async () => {
    const { id } = await draft({ teamId: 'team_7' });
    await expect(step(id, 'promote', 'mini')).rejects.toMatchObject({ code: 'conflict' });
    await step(id, 'start');
    await expect(step(id, 'promote')).rejects.toMatchObject({ code: 'conflict', param: 'variant' });
    await expect(step(id, 'promote', 'huge')).rejects.toMatchObject({ code: 'invalid_parameter', param: 'variant' });
    const promoted = await step(id, 'promote', 'large');
    expect(promoted).toMatchObject({ state: 'concluded', winner: 'large', promotedRuleId: expect.any(String) });
    await expect(step(id, 'promote', 'mini')).rejects.toMatchObject({ message: expect.stringContaining('Revert it') });
    const next = await draft({ teamId: 'team_7' });
    await step(next.id, 'start');
    await expect(step(next.id, 'promote', 'mini')).rejects.toMatchObject({ code: 'conflict' });
    await step(id, 'revert');
    figures.set(next.id, [figuresOf('large', 1_000n), figuresOf('mini', 500n)]);
    expect(await step(next.id, 'promote')).toMatchObject({ winner: 'mini' });
  });

  it('[EX-001] of another organisation are as if they were not there, and members see none', async () => {
    const { id: experimentId, name } = await draft();
    const missing = { code: 'not_found' };
    const foreign = { actor: stranger, experimentId };
    await expect(bus.request(getExperimentV1, foreign)).rejects.toMatchObject(missing);
    await expect(bus.request(updateExperimentV1, { ...foreign, name: 'x' })).rejects.toMatchObject(missing);
    await expect(bus.request(deleteExperimentV1, foreign)).rejects.toMatchObject(missing);
    await expect(bus.request(stepExperimentV1, { ...foreign, step: 'start' })).rejects.toMatchObject(missing);
    await expect(bus.request(getExperimentResultsV1, foreign)).rejects.toMatchObject(missing);
    const { data } = await bus.request(listExperimentsV1, { actor: stranger });
    expect(data.map((each) => each.name)).not.toContain(name);
    const drafts = await bus.request(listExperimentsV1, { actor: owner, state: 'draft', limit: 1 });
    expect(drafts.data.map((each) => each.name)).toEqual([name]);
    const member = { actor: { ...owner, role: 'member' as const }, experimentId };
    for (const request of [
      bus.request(getExperimentV1, member),
      bus.request(getExperimentResultsV1, member),
      bus.request(stepExperimentV1, { ...member, step: 'start' }),
      draft({ actor: member.actor }),
    ]) {
      await expect(request).rejects.toMatchObject({ code: 'permission_denied' });
    }
  });
});
