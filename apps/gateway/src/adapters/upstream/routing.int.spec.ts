import type { RouterSettings } from '@ao/contracts';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { CallHarness, type HarnessOptions, type TestDeployment } from './call-harness.suite.js';

const ask = { model: 'm', messages: [{ role: 'user', content: 'Why is it so?' }] };
const inGroup = (id: string, more: TestDeployment['more'] = {}): TestDeployment => ({
  id,
  group: 'm',
  // All alike but for what the test says.
  more: { priority: 0, ...more },
});

/** What is decided is the router's and proved there; that calls bring what it decides by is proved here. */
describe('where a call goes', () => {
  let simulator: Simulator;
  let harness: CallHarness;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.stop());
  beforeEach(() => simulator.reset());
  afterEach(() => harness.close());

  function open(
    deployments: TestDeployment[],
    settings: RouterSettings = {},
    more: Partial<HarnessOptions> = {},
  ): CallHarness {
    harness = new CallHarness({ baseUrl: `${simulator.url}/v1`, deployments, settings, ...more });
    return harness;
  }

  const servedBy = async (...call: Parameters<CallHarness['call']>): Promise<string | null> =>
    (await harness.call(...call)).report.deploymentId;
  const often = async (...call: Parameters<CallHarness['call']>): Promise<Set<string | null>> => {
    const served = new Set<string | null>();
    for (let index = 0; index < 12; index += 1) served.add(await servedBy(...call));
    return served;
  };

  it('[RT-012] follows the region that a header or the metadata of a request names', async () => {
    open([inGroup('eu', { region: 'eu-west1' }), inGroup('us', { region: 'us-east1' })]);
    expect(await often(ask, { region: 'us' })).toEqual(new Set(['us']));
    expect(await often({ ...ask, metadata: { region: 'eu' } })).toEqual(new Set(['eu']));
    expect(await often(ask)).toEqual(new Set(['eu', 'us']));
  });

  it('[RT-006] obeys where calls from its country may go', async () => {
    const geoRules = [{ countries: ['DE'], regions: ['eu'] }];
    open([inGroup('us', { region: 'us-east1' }), inGroup('eu', { region: 'eu-west1' })], { geoRules });
    expect(await often(ask, { country: 'DE' })).toEqual(new Set(['eu']));
    expect(await often(ask, { country: 'BR' })).toEqual(new Set(['eu', 'us']));
  });

  it('[RT-009] matches the tags of the caller and of the request', async () => {
    open([inGroup('free', { tags: ['free'] }), inGroup('paid', { tags: ['paid', 'fast'] })], { tagFiltering: 'all' });
    expect(await often({ ...ask, metadata: { tags: ['fast'] } }, { tags: ['paid'] })).toEqual(new Set(['paid']));
  });

  it('[RT-003] goes where it is cheapest by the prices in force', async () => {
    const prices = { dear: 9_000_000n, cheap: 1_000_000n };
    open([inGroup('dear'), inGroup('cheap')], { strategy: 'cost-based-routing' }, { prices });
    expect(await often(ask)).toEqual(new Set(['cheap']));
  });

  it('[RT-003] goes where answers come soonest, as they have come', async () => {
    open([inGroup('slow'), inGroup('quick')], { strategy: 'latency-based-routing' });
    simulator.script({ model: 'slow', behaviour: 'latency_ms=60', times: 1_000 });
    await often(ask);
    expect(await often(ask)).toEqual(new Set(['quick']));
  });

  it('[RT-013] goes where the fewest tokens were used this minute', async () => {
    open([inGroup('a'), inGroup('b')], { strategy: 'lowest-tpm-rpm' });
    simulator.script({ model: 'a', behaviour: 'output_tokens=5000', times: 1 });
    simulator.script({ model: 'b', behaviour: 'output_tokens=5000', times: 1 });
    const first = await servedBy(ask);
    const second = await servedBy(ask);
    expect(new Set([first, second])).toEqual(new Set(['a', 'b']));
  });

  it('[BX-017] comes back to the deployment that has its conversation in its cache, and pays the price for that', async () => {
    open(
      ['a', 'b', 'c', 'd'].map((id) => inGroup(id)),
      { promptCacheAffinity: true },
    );
    const said = { role: 'system', content: 'You know all laws by heart. '.repeat(120) };
    const turn = (count: number): object => ({
      model: 'm',
      messages: [
        said,
        ...Array.from({ length: count }, (_, index) => ({ role: 'user', content: `Question ${index}` })),
      ],
    });
    const first = await harness.call(turn(1));
    const { deploymentId } = first.report;
    simulator.script({ model: deploymentId!, behaviour: 'cached_tokens=500', times: 5 });
    for (const count of [2, 3, 4, 5, 6]) {
      const { report } = await harness.call(turn(count));
      expect(report).toMatchObject({ deploymentId, usage: { cachedInputTokens: 500 } });
      expect(report.decision?.strategy).toBe('prompt-cache-affinity');
    }
    const other = { ...ask, messages: [{ role: 'system', content: 'Another book of laws. '.repeat(150) }] };
    expect((await often(other)).size).toBe(1);
  });

  it('[EX-002] [RT-007] is one variant for a key, and the report says which', async () => {
    const experiment = {
      id: 'exp_1',
      orgId: 'org_1',
      teamId: null,
      modelGroup: 'm',
      unit: 'key' as const,
      variants: [
        { name: 'old', model: 'm', percentage: 50 },
        { name: 'new', model: 'n', percentage: 50 },
      ],
    };
    open([inGroup('a'), { id: 'b', group: 'n' }], {}, { experiments: [experiment] });
    const reports = await Promise.all(Array.from({ length: 6 }, () => harness.call(ask)));
    const assigned = reports.map(({ report }) => report.decision?.experiment);
    expect(new Set(assigned.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(assigned[0]).toMatchObject({ experimentId: 'exp_1' });
    const variant = assigned[0]!.variant === 'old' ? 'a' : 'b';
    for (const { report } of reports) expect(report.deploymentId).toBe(variant);
  });

  it('[RT-002] is where a rule over what the call costs and says sends it', async () => {
    const rule = {
      id: 'rul_1',
      orgId: null,
      teamId: null,
      name: 'long ones elsewhere',
      priority: 1,
      enabled: true,
      conditions: [
        { field: 'estimated_tokens' as const, operator: 'gt' as const, value: 500 },
        { field: 'estimated_cost_usd' as const, operator: 'gt' as const, value: 0.000001 },
        { field: 'feature' as const, operator: 'eq' as const, value: 'search' },
      ],
      action: { type: 'route' as const, model: 'n' },
    };
    open([inGroup('a'), { id: 'b', group: 'n' }], {}, { rules: [rule] });
    const long = { ...ask, messages: [{ role: 'user', content: 'why '.repeat(1_000) }] };
    expect(await servedBy(long, { featureId: 'search' })).toBe('b');
    expect(await servedBy(long)).toBe('a');
    expect(await servedBy(ask, { featureId: 'search' })).toBe('a');
  });
});
