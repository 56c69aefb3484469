import { routingDecision } from '@ao/contracts';
import { chooseOf, countPicks, NOW_MS, questionOf, routerOf, seeded } from './testing/world.js';

describe('where a name leads', () => {
  const aliases = [
    { alias: 'fast', modelGroup: 'chat' },
    { alias: 'secret', modelGroup: 'chat', hidden: true },
    { alias: 'fast', modelGroup: 'own', orgId: 'org_1' },
  ];

  it('[RT-008] resolves aliases, an organisation’s own first', () => {
    const { router } = routerOf({ aliases });
    expect(router.resolve(questionOf({ model: 'fast' }))).toMatchObject({
      modelGroup: 'own',
      decision: { alias: 'fast' },
    });
    expect(router.resolve(questionOf({ model: 'fast', principal: { orgId: 'org_2' } })).modelGroup).toBe('chat');
    expect(router.resolve(questionOf({ model: 'secret' })).modelGroup).toBe('chat');
    expect(router.resolve(questionOf()).decision.alias).toBeNull();
  });
});

describe('fallbacks', () => {
  const aliases = [
    { alias: 'big', modelGroup: 'premium' },
    { alias: 'talk', modelGroup: 'chat' },
  ];
  const fallbacksOf = (settings: object, kind: 'general' | 'context_window' | 'content_policy' = 'general') =>
    routerOf({ aliases, settings }).router.fallbacksOf('chat', 'org_1', kind);

  it('[RT-010] are those of the group, else those of any, else the default ones', () => {
    const defaultFallbacks = ['last'];
    expect(fallbacksOf({ defaultFallbacks, fallbacks: { chat: ['one', 'two'], '*': ['any'] } })).toEqual([
      'one',
      'two',
    ]);
    expect(fallbacksOf({ defaultFallbacks, fallbacks: { '*': ['any'] } })).toEqual(['any']);
    expect(fallbacksOf({ defaultFallbacks, fallbacks: { other: ['x'] } })).toEqual(['last']);
    expect(fallbacksOf({ defaultFallbacks, fallbacks: { chat: [] } })).toEqual([]);
    expect(fallbacksOf({})).toEqual([]);
  });

  it('[RT-010] follow aliases on both sides, name each group once and never the group itself', () => {
    expect(fallbacksOf({ fallbacks: { chat: ['big', 'talk', 'premium', 'chat', 'mini'] } })).toEqual([
      'premium',
      'mini',
    ]);
    expect(fallbacksOf({ fallbacks: { talk: ['big'] } })).toEqual(['premium']);
  });

  it('[RT-011] have lists of their own for long prompts and refused contents', () => {
    const settings = {
      contextWindowFallbacks: { chat: ['long'] },
      contentPolicyFallbacks: { '*': ['bold'] },
      defaultFallbacks: ['last'],
    };
    expect(fallbacksOf(settings, 'context_window')).toEqual(['long']);
    expect(fallbacksOf(settings, 'content_policy')).toEqual(['bold']);
    expect(fallbacksOf({ defaultFallbacks: ['last'] }, 'content_policy')).toEqual([]);
  });

  it('take no group for one of the names that every object has', () => {
    const { router } = routerOf({ settings: { fallbacks: { chat: ['x'] } } });
    expect(router.fallbacksOf('constructor', 'org_1', 'general')).toEqual([]);
  });
});

describe('the decision', () => {
  it('[RT-007] tells strategy, alias, rule, experiment, and of each deployment why it was not in question', () => {
    const { router, states } = routerOf({
      aliases: [{ alias: 'fast', modelGroup: 'mini' }],
      rules: [{ name: 'small ones', action: { type: 'route', model: 'chat' } }],
      experiments: [
        {
          variants: [
            { name: 'a', model: 'trial', percentage: 100 },
            { name: 'b', model: 'no', percentage: 0 },
          ],
        },
      ],
      deployments: [
        { id: 'us', region: 'us' },
        { id: 'untagged', region: 'eu' },
        { id: 'open', region: 'eu', tags: ['a'] },
        { id: 'ill', region: 'eu', tags: ['a'], providerId: 'prv_ill' },
        { id: 'tried', region: 'eu', tags: ['a'] },
        { id: 'picked', region: 'eu', tags: ['a'] },
      ].map((deployment) => ({ ...deployment, modelGroup: 'trial' })),
      settings: { strategy: 'least-busy', residencyRegions: ['eu'], tagFiltering: 'all' },
    });
    states.hear({ deploymentId: 'open', openForMs: 1_000 }, NOW_MS);
    const question = questionOf({ model: 'fast', tags: ['a'] });
    const resolution = router.resolve(question);
    const { strategy, candidates, picked } = router.choose(question, resolution, new Set(['tried']));
    const decision = { strategy, candidates, picked: picked?.deployment.id, ...resolution.decision };
    expect(routingDecision.parse(decision)).toEqual({
      strategy: 'least-busy',
      picked: 'picked',
      alias: 'fast',
      rule: { id: 'rul_0000', name: 'small ones' },
      experiment: { experimentId: 'exp_1', variant: 'a' },
      candidates: [
        { deploymentId: 'us', dropped: 'outside the regions of the residency lock' },
        { deploymentId: 'untagged', dropped: 'without the tags of the call' },
        { deploymentId: 'open', dropped: 'circuit open', score: 0 },
        { deploymentId: 'ill', dropped: 'unhealthy', score: 0 },
        { deploymentId: 'tried', dropped: 'already tried', score: 0 },
        { deploymentId: 'picked', dropped: null, score: 0 },
      ],
    });
  });

  it.each(['simple-shuffle', 'least-busy'] as const)(
    '[RT-007] tells at most 200 of a large group by %s, the picked one always among them',
    (strategy) => {
      const deployments = Array.from({ length: 1_000 }, (_, index) => ({
        id: `d${index}`,
        tags: index < 900 ? [] : ['a'],
      }));
      const { router } = routerOf({ deployments, settings: { strategy, tagFiltering: 'any' } });
      for (const tags of [[], ['a']]) {
        for (let call = 0; call < 20; call += 1) {
          const { candidates, picked, usable } = chooseOf(router, questionOf({ tags }));
          expect(candidates).toHaveLength(200);
          expect(candidates).toContainEqual(
            expect.objectContaining({ deploymentId: picked!.deployment.id, dropped: null }),
          );
          expect(usable).toBe(tags.length > 0 ? 100 : 1_000);
        }
      }
    },
  );
});

describe('settings', () => {
  it('[RT-016] are those of the group, then the organisation’s, then the platform’s', () => {
    const { router } = routerOf({
      settings: { strategy: 'least-busy', groups: { special: { strategy: 'cost-based-routing' } } },
      ownSettings: { strategy: 'latency-based-routing' },
      deployments: [{ id: 'a' }, { id: 'b', modelGroup: 'special' }],
    });
    const strategyOf = (model: string, orgId: string) =>
      chooseOf(router, questionOf({ model, principal: { orgId } })).strategy;
    expect(strategyOf('chat', 'org_1')).toBe('latency-based-routing');
    expect(strategyOf('chat', 'org_2')).toBe('least-busy');
    expect(strategyOf('special', 'org_1')).toBe('cost-based-routing');
  });

  it('[RT-016] of callers’ inventions fill no memory: a thousand tags and regions share a pool', () => {
    const { router } = routerOf({
      deployments: [{ id: 'a', tags: ['x'], region: 'eu-1' }, { id: 'b' }],
      settings: { tagFiltering: 'any' },
    });
    const pools = new Set(
      Array.from({ length: 1_000 }, (_, index) => {
        const question = questionOf({ tags: [`t${index}`], region: `r${index}` });
        return router.table.poolOf(question, router.resolve(question));
      }),
    );
    expect(pools.size).toBe(1);
  });
});

describe('a group of ten thousand', () => {
  it('is shared out whole by every strategy that looks at a part of it', () => {
    const deployments = Array.from({ length: 10_000 }, (_, index) => ({ id: `d${index}` }));
    for (const strategy of ['simple-shuffle', 'least-busy', 'usage-based-routing-v2'] as const) {
      const { router } = routerOf({ deployments, settings: { strategy } }, seeded(7));
      expect(Object.keys(countPicks(router, 2_000)).length).toBeGreaterThan(1_500);
    }
  });
});
