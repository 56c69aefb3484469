import { routingStrategy } from '@ao/contracts';
import fc from 'fast-check';
import { chooseOf, countPicks, NOW_MS, questionOf, routerOf, seeded } from '../testing/world.js';

const CIRCUIT = { allowedFails: 1_000, cooldownMs: 5_000, enabled: true };
const pair = [{ id: 'a' }, { id: 'b' }];

describe('every strategy', () => {
  it.each(routingStrategy.options)('%s: picks what may be picked, the lowest priority number first', (strategy) => {
    const deployment = fc.record({
      priority: fc.nat(2),
      weight: fc.nat(3),
      isOpen: fc.boolean(),
      isTried: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(deployment, { minLength: 1, maxLength: 8 }), fc.nat(), (all, seed) => {
        const deployments = all.map(({ priority, weight }, index) => ({ id: `d${index}`, priority, weight }));
        const { router, states } = routerOf({ deployments, settings: { strategy } }, seeded(seed));
        for (const [index, { isOpen }] of all.entries()) {
          if (isOpen) states.hear({ deploymentId: `d${index}`, openForMs: 1_000 }, NOW_MS);
        }
        const tried = new Set(all.flatMap(({ isTried }, index) => (isTried ? [`d${index}`] : [])));
        const closed = deployments.filter((_one, index) => !all[index]!.isOpen);
        const untried = closed.filter(({ id }) => !tried.has(id));
        const best = untried.length > 0 ? untried : closed;
        const { picked, usable, strategy: told } = chooseOf(router, questionOf(), tried);
        expect(told).toBe(strategy);
        expect(usable).toBe(closed.length);
        expect(picked?.deployment.priority).toBe(
          best.length > 0 ? Math.min(...best.map(({ priority }) => priority)) : undefined,
        );
        if (picked) expect(best.map(({ id }) => id)).toContain(picked.deployment.id);
      }),
    );
  });
});

describe('simple-shuffle', () => {
  it('shares by weight; what weighs nothing serves only where nothing else does', () => {
    const deployments = [
      { id: 'a', weight: 3 },
      { id: 'b', weight: 1 },
      { id: 'spare', weight: 0 },
    ];
    const { router, states } = routerOf({ deployments });
    const counts = countPicks(router, 4_000);
    expect(Object.keys(counts).sort()).toEqual(['a', 'b']);
    expect(counts['a']! / 4_000).toBeCloseTo(0.75, 1);
    for (const id of ['a', 'b']) states.hear({ deploymentId: id, openForMs: 1_000 }, NOW_MS);
    expect(countPicks(router, 10)).toEqual({ spare: 10 });
  });

  it('keeps the proportion of those that are left, also where most draws hit others', () => {
    const weights = [1_000_000, 3, 1];
    const deployments = weights.map((weight, index) => ({ id: `d${index}`, weight }));
    const { router, states } = routerOf({ deployments });
    states.hear({ deploymentId: 'd0', openForMs: 1_000 }, NOW_MS);
    expect(countPicks(router, 4_000)['d1']! / 4_000).toBeCloseTo(0.75, 1);
  });
});

describe('weighted-round-robin', () => {
  const settings = { strategy: 'weighted-round-robin' as const };

  it('[RT-005] serves 3:1 over 4,000 calls within 3%, and never drifts further than a turn', () => {
    const { router } = routerOf({
      deployments: [
        { id: 'a', weight: 3 },
        { id: 'b', weight: 1 },
      ],
      settings,
    });
    let fromA = 0;
    for (let call = 1; call <= 4_000; call += 1) {
      if (chooseOf(router).picked!.deployment.id === 'a') fromA += 1;
      expect(Math.abs(fromA - call * 0.75)).toBeLessThan(2);
    }
    expect(Math.abs(fromA / 4_000 - 0.75)).toBeLessThan(0.03);
  });

  it('[RT-005] gives one that was away its turns from now on, and none of those it missed', () => {
    const { router, states } = routerOf({ deployments: pair, settings });
    states.hear({ deploymentId: 'a', openForMs: 1_000 }, NOW_MS);
    expect(countPicks(router, 100)).toEqual({ b: 100 });
    states.hear({ deploymentId: 'a', openForMs: null }, NOW_MS);
    expect(countPicks(router, 100)['a']).toBeLessThanOrEqual(51);
  });

  it('[RT-005] passes over one that misses the service level while others keep it', () => {
    const serviceLevel = { latencyMsP95Max: 500 };
    const { router, states } = routerOf({ deployments: pair, settings: { ...settings, serviceLevel } });
    states.end('a', NOW_MS, { kind: 'succeeded', latencyMs: 900, tokens: 1 }, CIRCUIT);
    expect(countPicks(router, 20)).toEqual({ b: 20 });
    expect(chooseOf(router).candidates[0]).toEqual({ deploymentId: 'a', dropped: 'misses the service level' });
    states.end('b', NOW_MS, { kind: 'succeeded', latencyMs: 900, tokens: 1 }, CIRCUIT);
    expect(Math.abs(countPicks(router, 20)['a']! - 10)).toBeLessThanOrEqual(1);
  });
});

describe('least-busy and priority', () => {
  it.each(['least-busy', 'priority'] as const)('%s: takes the one with the fewest calls under way', (strategy) => {
    const { router, states } = routerOf({ deployments: pair, settings: { strategy } });
    states.begin('a', NOW_MS);
    expect(countPicks(router, 20)).toEqual({ b: 20 });
    expect(chooseOf(router).candidates).toMatchObject([{ score: 1 }, { score: 0 }]);
    for (let call = 0; call < 2; call += 1) states.begin('b', NOW_MS);
    expect(countPicks(router, 20)).toEqual({ a: 20 });
  });

  it('spreads calls by chance where all are alike', () => {
    const { router } = routerOf({ deployments: pair, settings: { strategy: 'least-busy' } });
    expect(countPicks(router, 2_000)['a']! / 2_000).toBeCloseTo(0.5, 1);
  });
});

describe('latency-based-routing', () => {
  const settings = { strategy: 'latency-based-routing' as const };
  const answer = (latencyMs: number) => ({ kind: 'succeeded', latencyMs, tokens: 1 }) as const;

  it('takes the fastest, and tries what it has not measured, by one call at a time', () => {
    const { router, states } = routerOf({ deployments: [...pair, { id: 'new' }], settings });
    states.end('a', NOW_MS, answer(100), CIRCUIT);
    states.end('b', NOW_MS, answer(200), CIRCUIT);
    expect(countPicks(router, 20)).toEqual({ new: 20 });
    states.begin('new', NOW_MS);
    expect(countPicks(router, 20)).toEqual({ a: 20 });
    expect(chooseOf(router).candidates).toMatchObject([{ score: 100 }, { score: 200 }, { score: null }]);
  });

  it('shares between those within the buffer, by weight', () => {
    const deployments = [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 3 },
      { id: 'slow', weight: 9 },
    ];
    const { router, states } = routerOf({ deployments, settings: { ...settings, latencyBuffer: 0.5 } });
    for (const [id, latencyMs] of [
      ['a', 100],
      ['b', 150],
      ['slow', 151],
    ] as const) {
      states.end(id, NOW_MS, answer(latencyMs), CIRCUIT);
    }
    const counts = countPicks(router, 2_000);
    expect(Object.keys(counts).sort()).toEqual(['a', 'b']);
    expect(counts['b']! / 2_000).toBeCloseTo(0.75, 1);
  });

  it('gives one that was slow once another chance after five minutes', () => {
    const { router, states } = routerOf({ deployments: pair, settings });
    states.end('a', NOW_MS, answer(9_000), CIRCUIT);
    const later = NOW_MS + 300_000;
    states.end('b', later, answer(100), CIRCUIT);
    expect(countPicks(router, 5, questionOf({ monotonicMs: later }))).toEqual({ a: 5 });
    expect(countPicks(router, 5, questionOf({ monotonicMs: later - 1 }))).toEqual({ b: 5 });
  });
});

describe('cost-based-routing', () => {
  const world = {
    deployments: [{ id: 'unpriced' }, { id: 'dear' }, { id: 'cheap' }],
    prices: { dear: 30n, cheap: 10n },
    settings: { strategy: 'cost-based-routing' as const },
  };
  const slow = { kind: 'succeeded', latencyMs: 900, tokens: 1 } as const;
  const failed = { kind: 'failed', pauseMs: null, isAlone: false } as const;

  it('[RT-003] takes the cheapest, but not one that is too slow where another keeps the service level', () => {
    const { router, states } = routerOf(world);
    states.end('cheap', NOW_MS, slow, CIRCUIT);
    expect(countPicks(router, 5)).toEqual({ cheap: 5 });
    const strict = routerOf({ ...world, settings: { ...world.settings, serviceLevel: { latencyMsP95Max: 500 } } });
    strict.states.end('cheap', NOW_MS, slow, CIRCUIT);
    expect(chooseOf(strict.router)).toMatchObject({
      picked: { deployment: { id: 'dear' } },
      candidates: [
        { deploymentId: 'unpriced', dropped: null, score: null },
        { deploymentId: 'dear', dropped: null, score: 30 },
        { deploymentId: 'cheap', dropped: 'misses the service level', score: 10 },
      ],
    });
  });

  it('[RT-003] nor one that fails too often; where none keeps the level, the cheapest', () => {
    const serviceLevel = { errorRateMax: 0.1 };
    const { router, states } = routerOf({ ...world, settings: { ...world.settings, serviceLevel } });
    states.end('cheap', NOW_MS, failed, CIRCUIT);
    expect(countPicks(router, 5)).toEqual({ dear: 5 });
    for (const id of ['dear', 'unpriced']) states.end(id, NOW_MS, failed, CIRCUIT);
    expect(countPicks(router, 5)).toEqual({ cheap: 5 });
  });

  it('[RT-003] reads prices again: one that has become dear is left within ten seconds', () => {
    const prices: Record<string, bigint> = { ...world.prices };
    const { router } = routerOf({ ...world, prices });
    expect(countPicks(router, 5)).toEqual({ cheap: 5 });
    prices['cheap'] = 40n;
    expect(countPicks(router, 5, questionOf({ monotonicMs: NOW_MS + 10_000 }))).toEqual({ dear: 5 });
  });
});

describe('usage-based-routing-v2 and lowest-tpm-rpm', () => {
  const use = (tokens: number) => ({ kind: 'succeeded', latencyMs: 1, tokens }) as const;

  it.each(['lowest-tpm-rpm', 'usage-based-routing-v2'] as const)(
    '[RT-013] %s: of loads 100, 50, 0 it takes 0',
    (strategy) => {
      const { router, states } = routerOf({ deployments: [...pair, { id: 'idle' }], settings: { strategy } });
      states.end('a', NOW_MS, use(100), CIRCUIT);
      states.end('b', NOW_MS, use(50), CIRCUIT);
      expect(countPicks(router, 20)).toEqual({ idle: 20 });
      states.hearUsage('idle', NOW_MS, { requests: 3, tokens: 70 });
      expect(countPicks(router, 20)).toEqual({ b: 20 });
      // A minute later all are unused again.
      expect(Object.keys(countPicks(router, 60, questionOf({ monotonicMs: NOW_MS + 60_000 })))).toHaveLength(3);
    },
  );

  it('[RT-013] takes an unused one before one whose first call is under way', () => {
    const { router, states } = routerOf({ deployments: pair, settings: { strategy: 'lowest-tpm-rpm' } });
    states.begin('a', NOW_MS);
    expect(countPicks(router, 20)).toEqual({ b: 20 });
  });

  it('[RT-013] never takes one that is at its maximum of requests or tokens', () => {
    const deployments = [
      { id: 'a', requestsPerMinuteMax: 1 },
      { id: 'b', tokensPerMinuteMax: 50 },
    ];
    const { router, states } = routerOf({ deployments, settings: { strategy: 'lowest-tpm-rpm' } });
    states.begin('a', NOW_MS);
    expect(countPicks(router, 20)).toEqual({ b: 20 });
    states.end('b', NOW_MS, use(50), CIRCUIT);
    expect(chooseOf(router)).toMatchObject({
      picked: null,
      candidates: [{ dropped: 'at its requests per minute' }, { dropped: 'at its tokens per minute' }],
    });
  });
});
