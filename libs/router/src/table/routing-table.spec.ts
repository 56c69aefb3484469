import {
  principal as principalContract,
  principalExample,
  routingTableSnapshot,
  type RouterSettings,
  type ValueOf,
} from '@ao/contracts';
import { USAGE_STRATEGIES } from '../strategies/strategies.js';
import { RoutingTable } from './routing-table.js';

type Snapshot = ValueOf<typeof routingTableSnapshot>;

const caller = principalContract.parse(principalExample);
const provider = { kind: 'openai', baseUrl: 'https://acme.example/v1', sealedKey: null, timeouts: {} };
const deployment = { providerId: 'acme', model: 'x', source: 'config' };
const snapshot = routingTableSnapshot.value.parse({
  version: 1,
  providers: [
    { ...provider, id: 'acme', name: 'acme' },
    { ...provider, id: 'ill', name: 'ill', healthy: false, sealedKey: 'sealed' },
  ],
  deployments: [
    { ...deployment, id: 'd1', modelGroup: 'chat' },
    { ...deployment, id: 'd2', modelGroup: 'off', enabled: false },
    { ...deployment, id: 'd3', modelGroup: 'theirs', orgId: 'org_other' },
    { ...deployment, id: 'd4', modelGroup: 'mixed', providerId: 'ill' },
    { ...deployment, id: 'd5', modelGroup: 'mixed', orgId: 'org_other' },
    { ...deployment, id: 'd6', modelGroup: 'lost', providerId: 'gone' },
  ],
  aliases: [
    { alias: 'fast', modelGroup: 'chat' },
    { alias: 'secret', modelGroup: 'chat', hidden: true },
    { alias: 'unserved', modelGroup: 'theirs' },
  ],
}) as Snapshot;
const tableOf = (some: Snapshot) => new RoutingTable(some, (sealed) => `opened ${sealed}`);
const table = tableOf(snapshot);
const ids = (modelGroup: string, orgId = caller.orgId) =>
  table.candidates(modelGroup, orgId).map((candidate) => candidate.deployment.id);

describe('the routing table', () => {
  it('holds what is enabled and has a provider, and opens the keys of providers', () => {
    expect([ids('chat'), ids('off'), ids('lost')]).toEqual([['d1'], [], []]);
    expect(table.providers.map(({ apiKey }) => apiKey)).toEqual([null, 'opened sealed']);
    expect(table.deploymentCount).toBe(4);
    expect(table.deploymentIds()).toEqual(new Set(['d1', 'd3', 'd4', 'd5']));
  });

  it('keeps an organisation’s deployments to itself', () => {
    expect([ids('theirs'), ids('theirs', 'org_other')]).toEqual([[], ['d3']]);
    expect([ids('mixed'), ids('mixed', 'org_other')]).toEqual([['d4'], ['d4', 'd5']]);
  });

  it('[PR-016] names the health of the providers for everybody, and of no others', () => {
    expect(table.publicProviders()).toEqual([
      { name: 'acme', healthy: true },
      { name: 'ill', healthy: false },
    ]);
    const own = snapshot.deployments.map((one) => ({ ...one, orgId: 'org_other' }));
    expect(tableOf({ ...snapshot, deployments: own }).publicProviders()).toEqual([]);
  });

  it('[GW-008] lists groups and visible aliases that the caller may use', () => {
    expect(table.visibleModels(caller).map(({ id }) => id)).toEqual(['chat', 'mixed', 'fast']);
    expect(table.visibleModels({ ...caller, models: ['fast'] }).map(({ id }) => id)).toEqual(['fast']);
  });

  it('joins the settings of the platform and of an organisation, field by field and group by group', () => {
    const settled = tableOf({
      ...snapshot,
      settings: [
        { orgId: 'org_other', settings: { retriesMax: 5, fallbacks: { a: ['x'] } } },
        { orgId: null, settings: { retriesMax: 1, cooldownMs: 7, fallbacks: { a: ['y'], b: ['z'] } } },
      ],
    });
    expect(settled.settingsOf('org_other')).toMatchObject({
      retriesMax: 5,
      cooldownMs: 7,
      fallbacks: { a: ['x'], b: ['z'] },
    });
    expect(settled.policyOf(caller.orgId, 'chat').retriesMax).toBe(1);
  });

  it('[RT-013] names the deployments of groups that somebody is served from by usage', () => {
    const under = (...settings: [string | null, RouterSettings][]) => {
      const parts = settings.map(([orgId, part]) => ({ orgId, settings: part }));
      return [...tableOf({ ...snapshot, settings: parts }).deploymentIdsUnder(USAGE_STRATEGIES)].sort();
    };
    expect([under(), under([null, { strategy: 'least-busy', groups: { chat: { retriesMax: 1 } } }])]).toEqual([[], []]);
    expect(under([null, { strategy: 'lowest-tpm-rpm', groups: { chat: { strategy: 'least-busy' } } }])).toEqual([
      'd3',
      'd4',
      'd5',
    ]);
    const own = {
      groups: { chat: { strategy: 'usage-based-routing-v2' }, gone: { strategy: 'lowest-tpm-rpm' } },
    } as const;
    expect(under(['org_other', own])).toEqual(['d1']);
    expect(under(['org_1', { strategy: 'lowest-tpm-rpm' }])).toEqual(['d1', 'd4']);
  });
});
