import { MemoryBus } from '@ao/bus';
import {
  createDeploymentV1,
  createProviderV1,
  deleteAliasV1,
  deleteDeploymentV1,
  deleteProviderV1,
  getProviderV1,
  listAliasesV1,
  listDeploymentsV1,
  listProvidersV1,
  setAliasV1,
  testProviderV1,
  updateProviderV1,
  type Actor,
  type Provider,
} from '@ao/contracts';
import { silentLogger } from '@ao/kernel';
import { runService } from '@ao/runtime';
import { RoutingHarness, owner, stranger } from './harness.suite.js';
import { routingService } from './index.js';

describe('routing', () => {
  const routing = new RoutingHarness();
  const { bus, create } = routing;

  beforeAll(() => routing.start());
  afterAll(() => routing.stop());

  describe('refuses', () => {
    it.each([
      ['a member', { actor: { ...owner, role: 'member' as const } }, { code: 'permission_denied' }],
      ['an unknown kind', { kind: 'telepathy' }, { code: 'invalid_parameter', param: 'kind' }],
      ['another protocol', { baseUrl: 'ftp://files.example' }, { code: 'invalid_parameter', param: 'base_url' }],
      ['a password in the URL', { baseUrl: 'http://u:p@x.example' }, { code: 'invalid_parameter', param: 'base_url' }],
      [
        'the metadata address, always',
        { baseUrl: 'http://169.254.169.254/v1' },
        { code: 'invalid_parameter', param: 'base_url' },
      ],
      [
        'the metadata address in disguise',
        { baseUrl: 'http://0xa9fea9fe/v1' },
        { code: 'invalid_parameter', param: 'base_url' },
      ],
      [
        'any secret of the process as a key',
        { apiKey: 'os.environ/DATABASE_URL' },
        { code: 'permission_denied', param: 'api_key' },
      ],
      [
        'a variable to another organisation',
        { actor: stranger, apiKey: 'os.environ/MY_API_KEY' },
        { code: 'permission_denied' },
      ],
    ])('%s', async (_case, settings, refusal) => {
      await expect(create(settings)).rejects.toMatchObject(refusal);
    });

    it('a name that the organisation has, and gives it to another one', async () => {
      await create({ name: 'Taken' });
      await expect(create({ name: 'Taken' })).rejects.toMatchObject({ code: 'conflict', param: 'name' });
      await expect(create({ name: 'Taken', actor: stranger })).resolves.toMatchObject({ name: 'Taken' });
      const other = await create();
      const rename = bus.request(updateProviderV1, { actor: owner, providerId: other.id, name: 'Taken' });
      await expect(rename).rejects.toMatchObject({ code: 'conflict', param: 'name' });
    });

    it('to change over the API what comes from the file or is built in', async () => {
      const { data } = await bus.request(listProvidersV1, { actor: owner, limit: 500 });
      const groq = data.find(({ name }) => name === 'groq')!;
      expect(groq).toMatchObject({ source: 'config', keyReference: 'os.environ/GROQ_API_KEY', models: ['llama-3'] });
      const fixed = { actor: owner, providerId: groq.id };
      const conflict = { code: 'conflict', message: expect.stringContaining('AO_CONFIG: edit it there') };
      await expect(bus.request(updateProviderV1, { ...fixed, name: 'x' })).rejects.toMatchObject(conflict);
      await expect(bus.request(deleteProviderV1, fixed)).rejects.toMatchObject(conflict);
      const request = { ...fixed, modelGroup: 'x', model: 'x' };
      await expect(bus.request(createDeploymentV1, request)).rejects.toMatchObject(conflict);
      const deploymentId = routing.table.deployments.find(({ providerId }) => providerId === groq.id)!.id;
      await expect(bus.request(deleteDeploymentV1, { actor: owner, deploymentId })).rejects.toMatchObject(conflict);
      await expect(bus.request(deleteAliasV1, { actor: owner, alias: 'fast' })).rejects.toMatchObject(conflict);
      const demo = bus.request(deleteProviderV1, { actor: owner, providerId: 'prv_demo' });
      await expect(demo).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('AO_DEMO_PROVIDER_URL'),
      });
    });

    it('what belongs to another organisation, as if it were not there', async () => {
      const { id } = await create({ models: ['private'] });
      const deploymentId = routing.table.deployments.find(({ providerId }) => providerId === id)!.id;
      await bus.request(setAliasV1, { actor: owner, alias: 'mine', modelGroup: 'private' });
      const missing = { code: 'not_found' };
      const foreign = { actor: stranger, providerId: id };
      await expect(bus.request(getProviderV1, foreign)).rejects.toMatchObject(missing);
      await expect(bus.request(updateProviderV1, { ...foreign, name: 'x' })).rejects.toMatchObject(missing);
      await expect(bus.request(deleteProviderV1, foreign)).rejects.toMatchObject(missing);
      await expect(bus.request(testProviderV1, foreign)).rejects.toMatchObject(missing);
      const deployment = { ...foreign, modelGroup: 'x', model: 'x' };
      await expect(bus.request(createDeploymentV1, deployment)).rejects.toMatchObject(missing);
      await expect(bus.request(deleteDeploymentV1, { actor: stranger, deploymentId })).rejects.toMatchObject(missing);
      await expect(bus.request(deleteAliasV1, { actor: stranger, alias: 'mine' })).rejects.toMatchObject(missing);
      const lists = [
        await bus.request(listProvidersV1, { actor: stranger, limit: 500 }),
        await bus.request(listDeploymentsV1, { actor: stranger, limit: 500 }),
        await bus.request(listAliasesV1, { actor: stranger, limit: 500 }),
      ];
      expect(JSON.stringify(lists)).not.toMatch(new RegExp(`${id}|${deploymentId}|"mine"`));
      expect((await bus.request(getProviderV1, { actor: owner, providerId: id })).provider.models).toEqual(['private']);
    });
  });

  it('keeps private addresses closed unless the operator opens them', async () => {
    await create();
    const { AO_ALLOW_PRIVATE_PROVIDER_URLS: _, ...environment } = routing.host.environment;
    const strict = new MemoryBus(silentLogger);
    const replica = await runService(routingService, {
      ...routing.host,
      bus: strict,
      environment: { ...environment, AO_CONFIG: '' },
    });
    for (const baseUrl of ['http://localhost:8000/v1', 'http://10.0.0.7/v1', 'http://[::ffff:127.0.0.1]/v1']) {
      const refused = strict.request(createProviderV1, { actor: owner, name: baseUrl, baseUrl });
      await expect(refused).rejects.toMatchObject({
        message: expect.stringContaining('AO_ALLOW_PRIVATE_PROVIDER_URLS'),
      });
    }
    const stored = (await strict.request(listProvidersV1, { actor: owner, limit: 500 })).data;
    const local = stored.find(({ source, baseUrl }) => source === 'api' && baseUrl === `${routing.simulator.url}/v1`)!;
    const answer = await strict.request(testProviderV1, { actor: owner, providerId: local.id });
    expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining('private or loopback') });
    await replica.stop();
    await strict.close();
  });

  it('stops at the limits of an organisation', async () => {
    const small = new MemoryBus(silentLogger);
    const environment = {
      DEPLOYMENTS_PER_ORGANISATION_MAX: '3',
      PROVIDERS_PER_ORGANISATION_MAX: '2',
      ALIASES_PER_ORGANISATION_MAX: '1',
    };
    const replica = await runService(routingService, { ...routing.host, bus: small, environment });
    const actor: Actor = { ...owner, orgId: 'org_small' };
    const make = (name: string, models: string[]): Promise<{ provider: Provider }> =>
      small.request(createProviderV1, { actor, name, baseUrl: 'https://api.openai.com/v1', models });
    const { provider } = await make('a', ['1', '2']);
    await expect(make('b', ['1', '2'])).rejects.toMatchObject({ code: 'conflict' });
    await make('b', ['1']);
    await expect(make('c', [])).rejects.toMatchObject({ code: 'conflict' });
    const grown = { actor, providerId: provider.id, models: ['1', '2', '3'] };
    await expect(small.request(updateProviderV1, grown)).rejects.toMatchObject({ code: 'conflict' });
    await small.request(setAliasV1, { actor, alias: 'x', modelGroup: '1' });
    await small.request(setAliasV1, { actor, alias: 'x', modelGroup: '2' });
    await expect(small.request(setAliasV1, { actor, alias: 'y', modelGroup: '1' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await replica.stop();
    await small.close();
  });
});
