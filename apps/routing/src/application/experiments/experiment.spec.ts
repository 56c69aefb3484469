import { checkChange, checkVariants, type Experiment } from './experiment.js';

const shares = (...percentages: number[]) =>
  percentages.map((percentage, index) => ({ name: `v${index}`, model: `m${index}`, percentage }));

describe('an experiment', () => {
  it.each([[[60, 40]], [[33.33, 33.33, 33.34]], [[33.333, 33.333, 33.333]], [[99.9, 0.1]]])(
    '[EX-001] takes percentages that have 100 together: %p',
    (percentages) => {
      expect(() => checkVariants(shares(...percentages))).not.toThrow();
    },
  );

  it('[EX-001] refuses percentages that have not, and says what they have', () => {
    const message = 'The percentages of the variants must have 100 together; these have 110.';
    const refused = expect.objectContaining({ code: 'invalid_parameter', param: 'variants', message });
    expect(() => checkVariants(shares(60, 50))).toThrow(refused);
    expect(() => checkVariants(shares(60, 39))).toThrow(/these have 99\./);
  });

  it('[EX-001] refuses two variants of one name, and one without a share', () => {
    expect(() => checkVariants([shares(50)[0]!, shares(50)[0]!])).toThrow(/name of its own/);
    expect(() => checkVariants(shares(100, 0))).toThrow(/v1 needs a percentage above 0/);
  });

  const draft: Experiment = {
    id: 'exp_1',
    orgId: 'org_1',
    teamId: null,
    name: 'one',
    modelGroup: 'chat',
    unit: 'user',
    variants: shares(50, 50),
    targetMetric: 'cost',
    sampleMin: 100,
    autoPromote: null,
    state: 'draft',
    promotedRuleId: null,
    winner: null,
    createdAtMs: 1,
    startedAtMs: null,
    concludedAtMs: null,
  };

  it.each<Partial<Experiment>>([
    { unit: 'key' },
    { modelGroup: 'other' },
    { teamId: 'team_1' },
    { targetMetric: 'latency' },
    { variants: [...shares(50), { name: 'v1', model: 'another', percentage: 50 }] },
  ])('[EX-001] may not become %p once it runs', (change) => {
    expect(() => checkChange(draft, { ...draft, ...change })).not.toThrow();
    const running: Experiment = { ...draft, state: 'running' };
    expect(() => checkChange(running, { ...running, ...change })).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
  });

  it('[EX-002] may have other percentages while it runs, and nothing else once it is concluded', () => {
    const change = { variants: shares(70, 30), name: 'two' };
    const running: Experiment = { ...draft, state: 'running' };
    expect(() => checkChange(running, { ...running, ...change })).not.toThrow();
    const concluded: Experiment = { ...draft, state: 'concluded' };
    expect(() => checkChange(concluded, { ...concluded, ...change })).toThrow(/concluded cannot be changed/);
  });
});
