import { chooseOf, countPicks, NOW_MS, NOTHING_TRIED, questionOf, routerOf, type World } from '../testing/world.js';

/** The deployments in question, and why the others are not. */
function judge(world: World, question = questionOf()): { left: string[]; dropped: Record<string, string> } {
  const { candidates } = chooseOf(routerOf(world).router, question);
  return {
    left: candidates.filter(({ dropped }) => dropped === null).map(({ deploymentId }) => deploymentId),
    dropped: Object.fromEntries(
      candidates.flatMap(({ deploymentId, dropped }) => (dropped === null ? [] : [[deploymentId, dropped]])),
    ),
  };
}

const regional = [{ id: 'eu', region: 'eu-west1' }, { id: 'us', region: 'us-east1' }, { id: 'nowhere' }];
const refused = expect.objectContaining({ code: 'region_not_allowed', status: 403 });

describe('the residency lock', () => {
  const ownSettings = { residencyRegions: ['EU'] };

  it('[RT-017] leaves deployments of the allowed regions only; one without a region is in none', () => {
    expect(judge({ deployments: regional, ownSettings })).toEqual({
      left: ['eu'],
      dropped: {
        us: 'outside the regions of the residency lock',
        nowhere: 'outside the regions of the residency lock',
      },
    });
    expect(
      judge({ deployments: [{ id: 'by provider', providerId: 'prv_eu' }, { id: 'us' }], ownSettings }).left,
    ).toEqual(['by provider']);
  });

  it('[RT-017] refuses where none is left, and where only others are healthy', () => {
    const lone = routerOf({ deployments: regional.slice(1), ownSettings }).router;
    expect(() => chooseOf(lone)).toThrow(refused);
    const ill = [{ ...regional[0]!, providerId: 'prv_ill' }, regional[1]!];
    expect(() => chooseOf(routerOf({ deployments: ill, ownSettings }).router)).toThrow(refused);
  });

  it('[RT-017] never leaves the regions: after a failure, with an open circuit, by a rule or a preference', () => {
    const { router, states } = routerOf({
      deployments: regional,
      ownSettings,
      rules: [{ action: { type: 'route', weights: { us: 1 } } }],
    });
    expect(chooseOf(router).picked).toBeNull();
    const plain = routerOf({ deployments: regional, ownSettings });
    expect(chooseOf(plain.router, questionOf({ region: 'us' }), new Set(['eu'])).picked?.deployment.id).toBe('eu');
    plain.states.hear({ deploymentId: 'eu', openForMs: 5_000 }, NOW_MS);
    expect(chooseOf(plain.router)).toMatchObject({ picked: null, retryAfterMs: 5_000, usable: 0 });
    expect(states.tripped.size).toBe(0);
  });

  it.each([
    ['narrower', ['eu-west'], ['eu']],
    ['wider', ['e'], ['eu', 'eu-north']],
    ['absent', undefined, ['eu', 'eu-north']],
    ['lifted', null, ['eu', 'eu-north']],
  ])('[RT-017] holds for an organisation whose own lock is %s', (_title, own, left) => {
    const world = {
      deployments: [...regional, { id: 'eu-north', region: 'eu-north1' }],
      settings: { residencyRegions: ['eu'] },
      ownSettings: own === undefined ? {} : { residencyRegions: own },
    };
    expect(judge(world).left).toEqual(left);
  });

  it('[RT-017] leaves nothing where two locks have no region in common', () => {
    const { router } = routerOf({ deployments: regional, settings: { residencyRegions: ['us'] }, ownSettings });
    expect(() => chooseOf(router)).toThrow(refused);
  });

  it('[RT-017] says which calls must not go where no region is known', () => {
    const { router } = routerOf({ ownSettings, settings: { geoRules: [{ countries: ['DE'], regions: ['eu'] }] } });
    expect(router.mayServeIn(null, questionOf())).toBe(false);
    expect(router.mayServeIn(null, questionOf({ principal: { orgId: 'org_2' } }))).toBe(true);
    expect(router.mayServeIn(null, questionOf({ principal: { orgId: 'org_2' }, country: 'DE' }))).toBe(false);
  });
});

describe('the geo restriction', () => {
  const settings = {
    geoRules: [
      { countries: ['DE', 'FR'], regions: ['eu'] },
      { countries: ['FR'], regions: ['eu-west'] },
    ],
  };
  const world = { deployments: [...regional, { id: 'eu-north', region: 'eu-north1' }], settings };

  it('[RT-006] keeps calls from a country in its regions; every rule that names the country must allow one', () => {
    expect(judge(world, questionOf({ country: 'DE' })).left).toEqual(['eu', 'eu-north']);
    expect(judge(world, questionOf({ country: 'FR' }))).toMatchObject({
      left: ['eu'],
      dropped: { us: 'not allowed for calls from that country' },
    });
  });

  it('[RT-006] refuses where no deployment is left', () => {
    const { router } = routerOf({ deployments: regional.slice(1), settings });
    expect(() => chooseOf(router, questionOf({ country: 'DE' }))).toThrow(refused);
  });

  it('[RT-006] leaves countries alone that no rule names, and unknown ones', () => {
    expect(judge(world, questionOf({ country: 'US' })).left).toHaveLength(4);
    expect(judge(world, questionOf({ country: null })).left).toHaveLength(4);
  });
});

describe('tags', () => {
  const deployments = [
    { id: 'both', tags: ['a', 'b'] },
    { id: 'one', tags: ['a'] },
    { id: 'free' },
    { id: 'fallback', tags: ['default'] },
  ];
  const tagged = (tagFiltering: 'off' | 'all' | 'any', tags: string[], some = deployments) =>
    judge({ deployments: some, settings: { tagFiltering } }, questionOf({ tags }));

  it('[RT-009] all: a deployment has every tag of the call; any: one of them', () => {
    expect(tagged('all', ['a', 'b']).left).toEqual(['both']);
    expect(tagged('any', ['a', 'b'])).toEqual({
      left: ['both', 'one'],
      dropped: { free: 'without the tags of the call', fallback: 'without the tags of the call' },
    });
    expect(tagged('off', ['a', 'b']).left).toHaveLength(4);
  });

  it('[RT-009] what no deployment matches goes to those tagged default, else nowhere', () => {
    expect(tagged('any', ['x']).left).toEqual(['fallback']);
    expect(tagged('all', ['a', 'x']).left).toEqual(['fallback']);
    expect(tagged('any', ['x'], deployments.slice(0, 3)).left).toEqual([]);
  });

  it('[RT-009] a call without tags goes to those tagged default, else to all', () => {
    expect(tagged('any', []).left).toEqual(['fallback']);
    expect(tagged('all', [], deployments.slice(0, 3)).left).toEqual(['both', 'one', 'free']);
  });
});

describe('the preferred region', () => {
  it.each([
    ['a prefix of some', 'eu', ['eu']],
    ['the beginning of none', 'ap', ['eu', 'us', 'nowhere']],
    ['no preference', null, ['eu', 'us', 'nowhere']],
  ])('[RT-012] %s', (_title, region, left) => {
    expect(judge({ deployments: regional }, questionOf({ region })).left).toEqual(left);
  });

  it('[RT-012] is no lock: others serve while the preferred ones cannot', () => {
    const { router, states } = routerOf({ deployments: regional });
    const question = questionOf({ region: 'EU' });
    expect(Object.keys(countPicks(router, 50, question))).toEqual(['eu']);
    expect(chooseOf(router, question, new Set(['eu'])).picked?.deployment.id).not.toBe('eu');
    states.hear({ deploymentId: 'eu', openForMs: 5_000 }, NOW_MS);
    const choice = chooseOf(router, question);
    expect(
      choice.candidates.find(({ deploymentId }) => deploymentId === choice.picked!.deployment.id)?.dropped,
    ).toBeNull();
    expect(choice.candidates[0]).toEqual({ deploymentId: 'eu', dropped: 'circuit open' });
  });
});

describe('what a rule demands of deployments', () => {
  const deployments = [{ id: 'a' }, { id: 'b', providerId: 'prv_2' }, { id: 'c', providerId: 'prv_2', priority: 9 }];

  it.each(['other', 'prv_2'])('[RT-001] only those of the provider %s', (provider) => {
    const rules = [{ action: { type: 'route', provider } }];
    expect(judge({ deployments, rules })).toEqual({
      left: ['b', 'c'],
      dropped: { a: 'not of the provider that the rule names' },
    });
  });

  it('[RT-001] shares by deployment, whatever their own weights, priorities and strategy', () => {
    const { router } = routerOf({
      deployments,
      rules: [{ action: { type: 'route', weights: { b: 3, c: 1 } } }],
      settings: { strategy: 'least-busy' },
    });
    const counts = countPicks(router, 4_000);
    expect(Object.keys(counts).sort()).toEqual(['b', 'c']);
    expect(counts['b']! / 4_000).toBeCloseTo(0.75, 1);
    expect(chooseOf(router).strategy).toBe('simple-shuffle');
  });
});

describe('checks of the context before a call', () => {
  const world = {
    deployments: [
      { id: 'small', priority: 0 },
      { id: 'large', priority: 1 },
      { id: 'unknown', priority: 2 },
    ],
    contexts: { small: 1_000, large: 5_000 },
    settings: { preCallChecks: true },
  };
  const pickedFor = (tokens: number, some: World = world) =>
    chooseOf(routerOf(some).router, questionOf({ promptTokensBound: () => tokens }));

  it('leave out what is too small for the prompt, before priorities count', () => {
    expect(pickedFor(1_000).picked?.deployment.id).toBe('small');
    const choice = pickedFor(1_001);
    expect(choice.picked?.deployment.id).toBe('large');
    expect(choice.candidates[0]).toEqual({ deploymentId: 'small', dropped: 'context too small for the prompt' });
    expect(pickedFor(9_000).picked?.deployment.id).toBe('unknown');
  });

  it('let the provider have the last word where all seem too small: ours is an upper bound', () => {
    expect(pickedFor(9_000, { ...world, deployments: world.deployments.slice(0, 2) }).picked?.deployment.id).toBe(
      'small',
    );
  });

  it('are off unless asked for, and then cost no count', () => {
    const { router } = routerOf({ ...world, settings: {} });
    const promptTokensBound = (): number => {
      throw new Error('nobody asked');
    };
    expect(chooseOf(router, questionOf({ promptTokensBound })).picked?.deployment.id).toBe('small');
  });
});

describe('health, circuits and what was tried', () => {
  it('[PR-016] leaves an unhealthy provider out while a healthy one remains, whatever their priorities', () => {
    const mixed = [
      { id: 'ill', providerId: 'prv_ill' },
      { id: 'well', priority: 1 },
    ];
    expect(judge({ deployments: mixed })).toEqual({ left: ['well'], dropped: { ill: 'unhealthy' } });
    expect(judge({ deployments: mixed.slice(0, 1) })).toEqual({ left: ['ill'], dropped: {} });
  });

  it('[RT-004] leaves one out whose circuit is open, and tells when none is left', () => {
    const { router, states } = routerOf({ deployments: [{ id: 'a' }, { id: 'b', priority: 1 }] });
    states.hear({ deploymentId: 'a', openForMs: 5_000 }, NOW_MS);
    expect(chooseOf(router)).toMatchObject({
      picked: { deployment: { id: 'b' } },
      usable: 1,
      retryAfterMs: 0,
      candidates: [
        { deploymentId: 'a', dropped: 'circuit open' },
        { deploymentId: 'b', dropped: null },
      ],
    });
    states.hear({ deploymentId: 'b', openForMs: 3_000 }, NOW_MS);
    expect(chooseOf(router)).toMatchObject({ picked: null, usable: 0, retryAfterMs: 3_000 });
    // After its pause it is probed, by one call.
    const later = questionOf({ monotonicMs: NOW_MS + 5_000 });
    expect(chooseOf(router, later)).toMatchObject({ picked: { deployment: { id: 'a' } }, usable: 2 });
    states.begin('a', NOW_MS + 5_000);
    expect(chooseOf(router, later).picked?.deployment.id).toBe('b');
  });

  it('[RT-004] tries each before it tries one again, the unhealthy ones last of all', () => {
    const deployments = [{ id: 'a' }, { id: 'b', priority: 1 }, { id: 'ill', providerId: 'prv_ill' }];
    const { router, states } = routerOf({ deployments });
    const after = (...tried: string[]) => chooseOf(router, questionOf(), new Set(tried));
    expect(after('a')).toMatchObject({
      picked: { deployment: { id: 'b' } },
      candidates: [{ dropped: 'already tried' }, { dropped: null }, { dropped: 'unhealthy' }],
    });
    expect(after('a', 'b').picked?.deployment.id).toBe('a');
    for (const id of ['a', 'b']) states.hear({ deploymentId: id, openForMs: 5_000 }, NOW_MS);
    expect(after('a', 'b').picked?.deployment.id).toBe('ill');
  });

  it('keeps an organisation’s deployments to itself', () => {
    const deployments = [{ id: 'theirs', orgId: 'org_2' }];
    expect(judge({ deployments })).toEqual({ left: [], dropped: {} });
    const { router } = routerOf({ deployments });
    const theirs = questionOf({ principal: { orgId: 'org_2' } });
    expect(router.choose(theirs, router.resolve(theirs), NOTHING_TRIED).picked?.deployment.id).toBe('theirs');
    expect(chooseOf(router, questionOf({ principal: { orgId: 'org_3' } })).picked).toBeNull();
  });

  it('picks nothing in a group that is not there', () => {
    const { router } = routerOf({});
    expect(chooseOf(router, questionOf({ model: 'gpt-4o' }))).toMatchObject({
      picked: null,
      candidates: [],
      usable: 0,
    });
  });
});
