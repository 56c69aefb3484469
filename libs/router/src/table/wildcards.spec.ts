import { principal as principalContract, principalExample, routingTableSnapshot, type ValueOf } from '@ao/contracts';
import { RoutingTable } from './routing-table.js';
import { modelNamed } from './wildcards.js';

const caller = principalContract.parse(principalExample);
const deployment = { providerId: 'acme', source: 'config' };
const tableOf = (deployments: object[], settings: object = {}) =>
  new RoutingTable(
    routingTableSnapshot.value.parse({
      version: 1,
      providers: [
        { id: 'acme', name: 'acme', kind: 'openai', baseUrl: 'https://acme.example', sealedKey: null, timeouts: {} },
      ],
      deployments: deployments.map((one) => ({ ...deployment, ...one })),
      aliases: [{ alias: 'fast', modelGroup: 'openai/gpt-4o' }],
      settings: [{ orgId: null, settings }],
    }) as ValueOf<typeof routingTableSnapshot>,
    (sealed) => sealed,
  );

const table = tableOf(
  [
    { id: 'all', modelGroup: '*', model: '*' },
    { id: 'openai', modelGroup: 'openai/*', model: '*' },
    { id: 'mini', modelGroup: 'openai/gpt-*-mini', model: 'small-*' },
    { id: 'own', modelGroup: 'openai/o3', model: 'o3-own' },
    { id: 'theirs', modelGroup: 'openai/gpt-5*', model: '*', orgId: 'org_other' },
    { id: 'theirs-exact', modelGroup: 'openai/o4', model: 'o4', orgId: 'org_other' },
  ],
  { groups: { 'openai/*': { retriesMax: 7 }, 'openai/named': { retriesMax: 9 } } },
);

/** Which deployment serves a name, and what it calls the model. */
function served(name: string, orgId = caller.orgId): [string | undefined, string | undefined] {
  const [candidate] = table.candidates(name, orgId);
  return [candidate?.deployment.id, candidate && modelNamed(candidate.deployment, name)];
}

describe('groups that stand for many names', () => {
  it.each([
    ['openai/gpt-4o', 'openai', 'gpt-4o'],
    ['openai/gpt-4o-mini', 'mini', 'small-4o'],
    ['openai/o3', 'own', 'o3-own'],
    ['anthropic/claude', 'all', 'anthropic/claude'],
    ['openai/', 'all', 'openai/'],
    ['openai/$&', 'openai', '$&'],
  ])('[BX-008] %s is served by %s as %s', (name, id, model) => expect(served(name)).toEqual([id, model]));

  it('[BX-008] are an organisation’s own where it has them, and hide nothing from others', () => {
    expect([served('openai/gpt-5x', 'org_other')[0], served('openai/gpt-5x')[0]]).toEqual(['theirs', 'openai']);
    expect([served('openai/o4', 'org_other')[0], served('openai/o4')[0]]).toEqual(['theirs-exact', 'openai']);
  });

  it('have the policy that is set for them, or for the very name', () => {
    const retries = (name: string) => table.policyOf(caller.orgId, name).retriesMax;
    expect([retries('openai/gpt-4o'), retries('openai/named'), retries('other')]).toEqual([7, 9, 2]);
  });

  it('keep nothing of the names that callers invent', () => {
    const policies = new Set(Array.from({ length: 100 }, (_, n) => table.policyOf(caller.orgId, `openai/${n}`)));
    expect(policies.size).toBe(1);
    const candidates = new Set(Array.from({ length: 100 }, (_, n) => table.candidates(`openai/${n}`, caller.orgId)));
    expect(candidates.size).toBe(1);
  });

  it('give the provider no longer name than contracts allow', () => {
    expect(modelNamed({ modelGroup: '*', model: 'accounts/x/*' }, 'y'.repeat(256))).toHaveLength(256);
  });

  it('are not looked for where there are none', () => {
    const plain = tableOf([{ id: 'd', modelGroup: 'chat', model: 'x' }]);
    expect(plain.candidates('chat', caller.orgId)).toHaveLength(1);
    expect(plain.candidates('other', caller.orgId)).toEqual([]);
    expect(plain.groupNameOf('other', caller.orgId)).toBe('other');
  });
});
