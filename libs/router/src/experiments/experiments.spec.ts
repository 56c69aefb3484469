import fc from 'fast-check';
import { stableHash } from '../hash.js';
import { questionOf, routerOf } from '../testing/world.js';

type Share = [name: string, percentage: number];

/** The variant of each of many users. */
function assign(shares: Share[], users: number, experiment: Record<string, unknown> = {}): string[] {
  const variants = shares.map(([name, percentage]) => ({ name, model: `model-${name}`, percentage }));
  const { router } = routerOf({ experiments: [{ variants, ...experiment }] });
  return Array.from({ length: users }, (_, user) => {
    const { decision, modelGroup } = router.resolve(questionOf({ principal: { userId: `usr_${user}` } }));
    // Not with `expect`, which is slow where it is asked a million times.
    if (modelGroup !== `model-${decision.experiment?.variant}`) throw new Error(`a call went to ${modelGroup}`);
    return decision.experiment!.variant;
  });
}

const USERS = 10_000;
const moved = (before: string[], after: string[]): number =>
  before.filter((variant, user) => variant !== after[user]).length / before.length;

describe('experiments', () => {
  it('[EX-002] shares 10,000 users out 70/30 within 2%, the same user always alike', () => {
    const first = assign(
      [
        ['a', 70],
        ['b', 30],
      ],
      USERS,
    );
    expect(Math.abs(first.filter((variant) => variant === 'a').length / USERS - 0.7)).toBeLessThan(0.02);
    expect(
      assign(
        [
          ['a', 70],
          ['b', 30],
        ],
        USERS,
      ),
    ).toEqual(first);
  });

  it('[EX-002] moves only the needed share when a percentage changes', () => {
    const before = assign(
      [
        ['a', 70],
        ['b', 30],
      ],
      USERS,
    );
    const after = assign(
      [
        ['a', 60],
        ['b', 40],
      ],
      USERS,
    );
    expect(moved(before, after)).toBeCloseTo(0.1, 1);
    // Nobody goes against the stream.
    expect(before.filter((variant, user) => variant === 'b' && after[user] !== 'b')).toEqual([]);
  });

  it('[EX-002] moves nobody between variants that keep their proportion', () => {
    const before = assign(
      [
        ['a', 40],
        ['b', 40],
        ['c', 20],
      ],
      USERS,
    );
    const after = assign(
      [
        ['a', 30],
        ['b', 30],
        ['c', 40],
      ],
      USERS,
    );
    for (const [user, variant] of before.entries()) expect([variant, 'c']).toContain(after[user]);
  });

  it('[EX-002] never moves more than a share d needs by a factor of 2/(1+d), whatever is changed', () => {
    const percentages = fc
      .tuple(fc.integer({ min: 1, max: 98 }), fc.integer({ min: 1, max: 98 }))
      .filter(([a, b]) => a + b < 100)
      .map(([a, b]): Share[] => [
        ['a', a],
        ['b', b],
        ['c', 100 - a - b],
      ]);
    fc.assert(
      fc.property(percentages, percentages, (from, to) => {
        const needed = from.reduce((sum, [, share], index) => sum + Math.abs(share - to[index]![1]), 0) / 200;
        expect(moved(assign(from, 2_000), assign(to, 2_000))).toBeLessThan((2 * needed) / (1 + needed) + 0.05);
      }),
      { numRuns: 20 },
    );
  });

  it('[EX-002] keeps a variant of 0% empty', () => {
    expect(
      new Set(
        assign(
          [
            ['a', 100],
            ['b', 0],
          ],
          1_000,
        ),
      ),
    ).toEqual(new Set(['a']));
  });

  it.each([
    ['user', { userId: 'usr_2' }, { keyId: 'key_2', teamId: 'team_2' }],
    ['team', { teamId: 'team_2' }, { keyId: 'key_2', userId: 'usr_2' }],
    ['key', { keyId: 'key_2' }, { userId: 'usr_2', teamId: 'team_2' }],
  ])('[EX-002] tells calls apart by %s, and by nothing else', (unit, _own, others) => {
    const variants = Array.from({ length: 10 }, (_, index) => ({ name: `v${index}`, model: 'm', percentage: 10 }));
    const experiment = { unit, variants };
    const variantOf = (principal: object, id: string) =>
      routerOf({ experiments: [{ ...experiment, id }] }).router.resolve(questionOf({ principal })).decision.experiment
        ?.variant;
    const ids = Array.from({ length: 20 }, (_, index) => `exp_${index}`);
    for (const id of ids) expect(variantOf(others, id)).toBe(variantOf({}, id));
    expect(ids.some((id) => variantOf(_own, id) !== variantOf({}, id))).toBe(true);
  });

  it('[EX-002] tells calls without a user or a team apart by their key', () => {
    const variants = [
      ['a', 50],
      ['b', 50],
    ].map(([name, percentage]) => ({ name, model: 'm', percentage }));
    for (const unit of ['user', 'team']) {
      const { router } = routerOf({ experiments: [{ unit, variants }] });
      const variantOf = (keyId: string) =>
        router.resolve(questionOf({ principal: { userId: null, teamId: null, keyId } })).decision.experiment!.variant;
      expect(new Set(Array.from({ length: 50 }, (_, key) => variantOf(`key_${key}`)))).toEqual(new Set(['a', 'b']));
    }
  });

  it('is about its organisation and its team only, and a team’s own comes first', () => {
    const only = (model: string) => [
      { name: 'a', model, percentage: 100 },
      { name: 'b', model: 'no', percentage: 0 },
    ];
    const { router } = routerOf({
      experiments: [
        { id: 'exp_all', variants: only('all') },
        { id: 'exp_team', teamId: 'team_1', variants: only('team') },
      ],
    });
    const groupOf = (principal: object) => router.resolve(questionOf({ principal })).modelGroup;
    expect(groupOf({})).toBe('team');
    expect(groupOf({ teamId: null })).toBe('all');
    expect(groupOf({ orgId: 'org_2' })).toBe('chat');
  });

  it('comes after rules; shares of a rule hold for the group that it named', () => {
    const variants = [
      { name: 'a', model: 'fast', percentage: 100 },
      { name: 'b', model: 'no', percentage: 0 },
    ];
    const { router } = routerOf({
      aliases: [{ alias: 'fast', modelGroup: 'mini' }],
      rules: [{ action: { type: 'route', model: 'premium', provider: 'acme', weights: { a: 1 } } }],
      experiments: [{ modelGroup: 'premium', variants }],
    });
    expect(router.resolve(questionOf())).toMatchObject({ modelGroup: 'mini', provider: 'acme', weights: null });
  });

  it('[EX-002] hashes alike for ever: another value would move every user', () => {
    expect([stableHash(''), stableHash('usr_1'), stableHash('usr_2')]).toEqual([
      2_872_998_923, 1_462_636_588, 4_271_548_286,
    ]);
  });
});
