import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  getRouterSettingsV1,
  routingActionPerformedV1,
  setRouterSettingsV1,
  type Actor,
  type CallOf,
  type RouterSettings,
} from '@ao/contracts';
import { temporaryFolder } from '@ao/testing';
import { RoutingHarness, eventually, owner } from './harness.suite.js';

describe('the router settings of an organisation', () => {
  const routing = new RoutingHarness();
  const { bus } = routing;

  beforeAll(() => routing.start());
  afterAll(() => routing.stop());

  /** What the audit chain was told of the locked organisation. */
  const audited: object[] = [];
  beforeAll(() =>
    bus.subscribe(routingActionPerformedV1, { kind: 'broadcast' }, (batch) => {
      audited.push(...batch.flatMap(({ payload }) => (payload.orgId === 'org_locked' ? [payload.metadata] : [])));
    }),
  );

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
    await set('org_locked', { residencyRegions: ['eu'] });
    await set('org_locked', { retriesMax: 1 }, { replace: true });
    await set('org_locked', { retriesMax: 1 });
    await eventually(() => expect(publishedOf('org_locked')).toEqual({ retriesMax: 1 }));
    const told = [
      { changed: 'residencyRegions', residency: 'eu,ch' },
      { changed: 'residencyRegions', residency: 'eu' },
      { changed: 'retriesMax,residencyRegions', residency: 'any' },
      { changed: '' },
    ];
    await eventually(() => expect(audited).toEqual(told));
    for (const role of ['member', 'viewer'] as const) {
      const actor = { ...adminOf('org_locked'), role };
      await expect(set('', { residencyRegions: ['us'] }, { actor })).rejects.toMatchObject({
        code: 'permission_denied',
      });
      await expect(bus.request(getRouterSettingsV1, { actor })).rejects.toMatchObject({ code: 'permission_denied' });
    }
  });

  it('[RT-017] may make the lock of the operator narrower, not wider', async () => {
    const folder = await temporaryFolder('lock');
    const file = path.join(folder.path, 'ao.json');
    await writeFile(file, JSON.stringify({ model_list: [], router_settings: { residency_regions: ['eu', 'ch'] } }));
    const locked = await routing.startReplica({ AO_CONFIG: file });
    const setHere = (residencyRegions: string[] | null) => {
      const request = { actor: adminOf('org_within'), settings: { residencyRegions }, replace: false };
      return locked.request(setRouterSettingsV1, request);
    };
    const refused = { code: 'invalid_parameter', param: 'residency_regions' };
    for (const wider of [['us'], ['eu-west1', 'us'], ['e'], null])
      await expect(setHere(wider)).rejects.toMatchObject(refused);
    const platform = { residencyRegions: ['eu', 'ch'] };
    expect(await setHere(['EU-west1'])).toEqual({ own: { residencyRegions: ['EU-west1'] }, platform });
    await folder.remove();
  });

  it('[RT-010] name no model to fall back to that is not there', async () => {
    const refused = { code: 'invalid_parameter', param: 'fallbacks' };
    await expect(set('org_1', { defaultFallbacks: ['nowhere'] })).rejects.toMatchObject(refused);
    await routing.create({ models: ['own-fallback'] });
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
