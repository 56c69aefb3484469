import {
  principal as principalContract,
  principalExample,
  routingTableSnapshot,
  type Principal,
  type ValueOf,
} from '@ao/contracts';
import { RoutingTable, type Provider } from '@ao/router';
import { ModelState } from '../model-state.js';
import { startCourse, type DirectOpenAi } from './choose-route.js';
import { plainQuestion } from './route-question.js';

const caller: Principal = principalContract.parse(principalExample);
const snapshot: ValueOf<typeof routingTableSnapshot> = routingTableSnapshot.value.parse({
  version: 1,
  providers: [
    { id: 'p', name: 'acme', kind: 'openai', baseUrl: 'https://acme.example/v1', sealedKey: null, timeouts: {} },
    {
      id: 'ill',
      name: 'ill',
      kind: 'openai',
      baseUrl: 'https://ill.example/v1',
      sealedKey: null,
      timeouts: {},
      healthy: false,
    },
  ],
  deployments: [
    { id: 'd1', modelGroup: 'chat', providerId: 'p', model: 'acme-chat', source: 'config' },
    { id: 'd2', modelGroup: 'first', providerId: 'p', model: 'a', priority: 1, source: 'config' },
    { id: 'd3', modelGroup: 'first', providerId: 'p', model: 'b', priority: 0, source: 'config' },
    { id: 'd4', modelGroup: 'off', providerId: 'p', model: 'c', enabled: false, source: 'config' },
    { id: 'd5', modelGroup: 'theirs', providerId: 'p', model: 'd', orgId: 'org_other', source: 'api' },
    { id: 'd6', modelGroup: 'mixed', providerId: 'ill', model: 'e', priority: 0, source: 'config' },
    { id: 'd7', modelGroup: 'mixed', providerId: 'p', model: 'e', priority: 1, source: 'config' },
    { id: 'd8', modelGroup: 'all-ill', providerId: 'ill', model: 'e', source: 'config' },
  ],
  aliases: [
    { alias: 'fast', modelGroup: 'chat' },
    { alias: 'secret', modelGroup: 'chat', hidden: true },
    { alias: 'fast', modelGroup: 'first', orgId: 'org_own' },
  ],
}) as ValueOf<typeof routingTableSnapshot>;
const table = new RoutingTable(snapshot, (sealed) => sealed);
const state = new ModelState();
state.table = table;
const asked = { callId: 'req_1', endpoint: '/v1/chat/completions', startedAtMs: 0, startedMonotonicMs: 0 };
const provider = { id: 'direct', name: 'openai', apiKey: 'sk-server' } as Provider;
const direct: DirectOpenAi = { enabled: true, provider };
const choose = (model: string, principal: Partial<Principal> = {}, ownKey?: string, openAi = direct) =>
  startCourse(plainQuestion(model, { ...caller, ...principal }, asked), {
    ownKey,
    router: state.router,
    direct: openAi,
    random: Math.random,
  }).route;

describe('the choice of a route', () => {
  it('serves a model group by its deployment, under the provider’s own name of the model', () => {
    expect(choose('chat')).toMatchObject({ model: 'acme-chat', deploymentId: 'd1', modelGroup: 'chat', direct: false });
  });

  it('[RT-008] resolves aliases, an organisation’s own first', () => {
    expect(choose('fast')).toMatchObject({ modelGroup: 'chat' });
    expect(choose('fast', { orgId: 'org_own' })).toMatchObject({ modelGroup: 'first' });
    expect(choose('secret')).toMatchObject({ modelGroup: 'chat' });
  });

  it('prefers the lower priority number and leaves disabled deployments out', () => {
    expect(choose('first')).toMatchObject({ deploymentId: 'd3' });
    expect(choose('off')).toMatchObject({ direct: true });
  });

  it('[PR-016] leaves an unhealthy provider out while a healthy one remains, whatever their priorities', () => {
    expect(choose('mixed')).toMatchObject({
      deploymentId: 'd7',
      decision: {
        candidates: [
          { deploymentId: 'd6', dropped: 'unhealthy' },
          { deploymentId: 'd7', dropped: null },
        ],
      },
    });
    expect(choose('all-ill')).toMatchObject({
      deploymentId: 'd8',
      decision: { candidates: [{ deploymentId: 'd8', dropped: null }] },
    });
  });

  it('[PR-016] names the health of the providers for everybody, and of no others', () => {
    expect(table.publicProviders()).toEqual([
      { name: 'acme', healthy: true },
      { name: 'ill', healthy: false },
    ]);
    const own = snapshot.deployments.map((deployment) => ({ ...deployment, orgId: 'org_other' }));
    expect(new RoutingTable({ ...snapshot, deployments: own }, (sealed) => sealed).publicProviders()).toEqual([]);
  });

  it('keeps an organisation’s deployments to itself', () => {
    expect(choose('theirs', { orgId: 'org_other' })).toMatchObject({ deploymentId: 'd5' });
    expect(choose('theirs')).toMatchObject({ direct: true });
  });

  it('[GW-029] goes to OpenAI with the server’s key, or with the caller’s, which nobody is charged for', () => {
    expect(choose('gpt-4o')).toMatchObject({ direct: true, ownKey: false });
    expect(choose('gpt-4o', {}, 'sk-own')).toMatchObject({ direct: true, ownKey: true });
  });

  it('[GW-030] says what to set where OpenAI has no key or is closed', () => {
    const keyless = { ...direct, provider: { ...provider, apiKey: null } };
    expect(() => choose('gpt-4o', {}, undefined, keyless)).toThrow(
      expect.objectContaining({ code: 'passthrough_not_configured' }),
    );
    expect(() => choose('gpt-4o', {}, 'sk-own', { ...direct, enabled: false })).toThrow(
      expect.objectContaining({ code: 'passthrough_disabled' }),
    );
  });

  it('refuses a model that the key may not call, under its alias too', () => {
    expect(choose('fast', { models: ['chat'] })).toMatchObject({ modelGroup: 'chat' });
    expect(() => choose('first', { models: ['chat'] })).toThrow(expect.objectContaining({ code: 'permission_denied' }));
  });

  it('[GW-008] lists groups and visible aliases that the caller may use', () => {
    expect(table.visibleModels(caller).map(({ id }) => id)).toEqual(['chat', 'first', 'mixed', 'all-ill', 'fast']);
    expect(table.visibleModels({ ...caller, models: ['first'] }).map(({ id }) => id)).toEqual(['first']);
  });
});
