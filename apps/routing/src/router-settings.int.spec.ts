import { getRouterSettingsV1, setRouterSettingsV1, type Actor, type CallOf, type RouterSettings } from '@ao/contracts';
import { RoutingHarness, eventually, owner } from './harness.suite.js';

describe('the router settings of an organisation', () => {
  const routing = new RoutingHarness();
  const { bus } = routing;

  beforeAll(() => routing.start());
  afterAll(() => routing.stop());

  type Change = Partial<CallOf<typeof setRouterSettingsV1>>;
  const set = async (orgId: string, settings: RouterSettings, fields: Change = {}): Promise<RouterSettings> =>
    (await bus.request(setRouterSettingsV1, { actor: adminOf(orgId), settings, replace: false, ...fields })).own;
  const read = (orgId: string) => bus.request(getRouterSettingsV1, { actor: adminOf(orgId) });
  const adminOf = (orgId: string): Actor => ({ ...owner, orgId });
  const publishedOf = (orgId: string): RouterSettings | undefined =>
    routing.table.settings.find((each) => each.orgId === orgId)?.settings;

  it('[RT-016] are changed field by field or as a whole, and reach the gateways', async () => {
    const first = { retriesMax: 4, strategy: 'least-busy' as const, fallbacks: { 'demo-chat': ['fast'] } };
    expect(await set('org_1', first)).toEqual(first);
    await eventually(() => expect(publishedOf('org_1')).toEqual(first));
    expect(await set('org_1', { cooldownMs: 9_000 }, { unset: ['strategy'] })).toEqual({
      retriesMax: 4,
      cooldownMs: 9_000,
      fallbacks: first.fallbacks,
    });
    const { own } = await read('org_1');
    expect(own).toEqual({ retriesMax: 4, cooldownMs: 9_000, fallbacks: first.fallbacks });
    expect(await set('org_1', { retriesMax: 1 }, { replace: true })).toEqual({ retriesMax: 1 });
    await eventually(() => expect(publishedOf('org_1')).toEqual({ retriesMax: 1 }));
    expect((await read('org_2')).own).toEqual({});
  });

  it('[RT-017] hold the lock on regions, which the audit chain hears of', async () => {
    await set('org_locked', { residencyRegions: ['eu', 'ch'] });
    await eventually(() => expect(publishedOf('org_locked')).toEqual({ residencyRegions: ['eu', 'ch'] }));
    const told = 'org_locked router_settings.update org_locked';
    await eventually(() => expect(routing.actions).toContain(told));
    for (const role of ['member', 'viewer'] as const) {
      const actor = { ...adminOf('org_locked'), role };
      await expect(set('', { residencyRegions: ['us'] }, { actor })).rejects.toMatchObject({
        code: 'permission_denied',
      });
      await expect(bus.request(getRouterSettingsV1, { actor })).rejects.toMatchObject({ code: 'permission_denied' });
    }
  });

  it('[RT-010] name no model to fall back to that is not there', async () => {
    const refused = { code: 'invalid_parameter', param: 'fallbacks' };
    await expect(set('org_1', { defaultFallbacks: ['nowhere'] })).rejects.toMatchObject(refused);
    const { name: _name } = await routing.create({ models: ['own-fallback'] });
    await set(owner.orgId, { contentPolicyFallbacks: { 'demo-chat': ['own-fallback'] } });
    const foreign = set('org_1', { contextWindowFallbacks: { 'demo-chat': ['own-fallback'] } });
    await expect(foreign).rejects.toMatchObject(refused);
  });

  it('[RT-016] lose no change of two made at once', async () => {
    const changes: RouterSettings[] = [{ retriesMax: 1 }, { cooldownMs: 2 }, { allowedFails: 3 }, { fallbacksMax: 4 }];
    await Promise.all(changes.map((change) => set('org_at_once', change)));
    expect((await read('org_at_once')).own).toEqual(Object.assign({}, ...changes));
  });
});
