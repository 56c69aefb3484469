import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
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
  routingActionPerformedV1,
  routingTableSnapshot,
  setAliasV1,
  testProviderV1,
  updateProviderV1,
  type Actor,
  type Provider,
  type ValueOf,
} from '@ao/contracts';
import { openDatabase } from '@ao/database';
import { UuidV7Generator, silentLogger, sleep, systemClock } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { runService, type HostContext, type RunningService } from '@ao/runtime';
import { createTestDatabase, temporaryFolder, waitFor, type TemporaryFolder, type TestDatabase } from '@ao/testing';
import { routingService } from './index.js';

type Table = ValueOf<typeof routingTableSnapshot>;

const owner: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'owner' };
const stranger: Actor = { orgId: 'org_tenant', keyId: 'key_tenant', role: 'admin' };
const secretBox = new SecretBox(Buffer.alloc(32, 1));
const SECRET = 'sk-0-provider-secret-7f3a';

const configFile = (groups: string[]): string =>
  JSON.stringify({
    model_list: groups.map((model_name) => ({
      model_name,
      litellm_params: {
        model: 'groq/llama-3',
        api_key: 'os.environ/GROQ_API_KEY',
        region: 'eu-west1',
        tags: ['eu'],
        weight: 3,
        order: 2,
        rpm: 60,
        tpm: 1000,
      },
    })),
    router_settings: { model_group_alias: { fast: groups[0], secret: { model: groups[0], hidden: true } } },
  });

/** A bus that answers requests but cannot publish snapshots, as NATS without its JetStream. */
class AwayBus extends MemoryBus {
  away = true;

  override putSnapshot: MemoryBus['putSnapshot'] = (contract, value) =>
    this.away ? Promise.reject(new Error('JetStream is away')) : super.putSnapshot(contract, value);
}

describe('routing', () => {
  const bus = new MemoryBus(silentLogger);
  const actions: string[] = [];
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let simulator: Simulator;
  let host: HostContext;
  let service: RunningService;
  let table: Table;
  let file: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await temporaryFolder('routing');
    simulator = await startSimulator();
    file = path.join(folder.path, 'config.yaml');
    await writeFile(file, configFile(['llama']));
    await bus.watchSnapshot(routingTableSnapshot, (value) => void (table = value));
    await bus.subscribe(routingActionPerformedV1, { kind: 'broadcast' }, (batch) => {
      actions.push(...batch.map(({ payload }) => `${payload.orgId} ${payload.action} ${payload.targetId}`));
    });
    host = {
      bus,
      logger: silentLogger,
      clock: systemClock,
      ids: new UuidV7Generator(),
      secretBox,
      keyPepper: Buffer.alloc(32, 7),
      dataDirectory: '.',
      databaseUrl: database.url,
      openWarehouse: () => Promise.reject(new Error('routing asks no warehouse')),
      environment: {
        AO_CONFIG: file,
        AO_DEMO_PROVIDER_URL: simulator.url,
        AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
        ROUTING_POLL_INTERVAL_MS: '100',
        GROQ_API_KEY: 'gsk-from-the-environment',
        MY_API_KEY: 'sk-from-the-environment',
      },
    };
    service = await runService(routingService, host);
  });

  afterAll(async () => {
    await service.stop();
    await simulator.stop();
    await bus.close();
    await folder.remove();
    await database.drop();
  });

  let number = 0;
  const create = async (
    settings: Partial<Parameters<typeof bus.request<typeof createProviderV1>>[1]> = {},
  ): Promise<Provider> => {
    number += 1;
    const request = { actor: owner, name: `provider ${number}`, baseUrl: `${simulator.url}/v1`, apiKey: SECRET };
    const { provider } = await bus.request(createProviderV1, { ...request, ...settings });
    await waitFor(() => published(provider.id));
    return provider;
  };
  const published = (id: string): Table['providers'][number] | undefined =>
    table.providers.find((each) => each.id === id);
  const deploymentsOf = (providerId: string): Table['deployments'] =>
    table.deployments.filter((each) => each.providerId === providerId).sort((a, b) => a.model.localeCompare(b.model));
  const groupsOf = (providerId: string): string[] => deploymentsOf(providerId).map(({ modelGroup }) => modelGroup);
  /** A request waits for its publication for a moment only: on a busy machine the table follows a little later. */
  const eventually = (check: () => void): Promise<true> =>
    waitFor(() => {
      check();
      return true as const;
    });
  const rowsOf = async (query: string): Promise<string> => {
    const limits = { poolSizeMax: 1, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000 };
    const routing = openDatabase({ url: database.url, schema: 'routing', ...limits });
    const { rows } = await routing.pool.query(query);
    await routing.close();
    return JSON.stringify(rows);
  };

  it('publishes the operator’s models and the demo provider at the start, keys sealed', () => {
    const groq = table.providers.find(({ name }) => name === 'groq')!;
    expect(groq).toMatchObject({ kind: 'openai', vendor: 'groq', baseUrl: 'https://api.groq.com/openai/v1' });
    expect(secretBox.open(groq.sealedKey!)).toBe('gsk-from-the-environment');
    expect(published('prv_demo')).toMatchObject({ vendor: 'demo', baseUrl: `${simulator.url}/v1`, sealedKey: null });
    expect(groupsOf('prv_demo')).toEqual(['demo-chat', 'demo-embedding']);
    expect(table.deployments.every(({ orgId }) => orgId === null)).toBe(true);
  });

  it('[PR-019] lists a deployment with region, tags, weight, priority and limits from the file', async () => {
    const { data } = await bus.request(listDeploymentsV1, { actor: { ...owner, role: 'member' }, modelGroup: 'llama' });
    expect(data).toEqual([
      expect.objectContaining({
        model: 'llama-3',
        region: 'eu-west1',
        tags: ['eu'],
        weight: 3,
        priority: 2,
        requestsPerMinuteMax: 60,
        tokensPerMinuteMax: 1000,
        source: 'config',
        orgId: null,
      }),
    ]);
  });

  it('[RT-008] publishes both forms of an alias', () => {
    expect(table.aliases).toEqual([
      { orgId: null, alias: 'fast', modelGroup: 'llama', hidden: false },
      { orgId: null, alias: 'secret', modelGroup: 'llama', hidden: true },
    ]);
  });

  describe('[PR-013] a provider made over the API', () => {
    it('is published at once with its key sealed, for its organisation alone', async () => {
      const { version } = table;
      const made = await create({ models: ['gpt-4o-mini', 'gpt-4o', 'gpt-4o-mini'], region: 'us', tags: ['paid'] });
      expect(table.version).toBeGreaterThan(version);
      expect(secretBox.open(published(made.id)!.sealedKey!)).toBe(SECRET);
      expect(deploymentsOf(made.id)).toEqual([
        expect.objectContaining({
          modelGroup: 'gpt-4o',
          orgId: 'org_default',
          region: 'us',
          tags: ['paid'],
          source: 'api',
        }),
        expect.objectContaining({ modelGroup: 'gpt-4o-mini' }),
      ]);
    });

    it('keeps its key write-only: sealed in the table, masked in every answer', async () => {
      const made = await create({ models: ['m'], organisation: 'org-openai', timeouts: { totalMs: 5_000 } });
      const { provider } = await bus.request(getProviderV1, { actor: owner, providerId: made.id });
      expect(provider).toEqual(made);
      expect(provider).toMatchObject({ keyMasked: 'sk-****7f3a', organisation: 'org-openai', models: ['m'] });
      expect(provider.timeouts).toEqual({ connectMs: 5_000, firstByteMs: 120_000, idleMs: 60_000, totalMs: 5_000 });
      const answers = [provider, await bus.request(listProvidersV1, { actor: owner, limit: 500 })];
      expect(JSON.stringify(answers)).not.toContain(SECRET);
      for (const relation of ['provider', 'outbox']) {
        expect(await rowsOf(`SELECT t.*::text FROM routing.${relation} t`)).not.toContain(SECRET);
      }
    });

    it('changes what an update names and keeps the rest, deployments of kept models included', async () => {
      const made = await create({ models: ['a', 'b'], region: 'eu' });
      const kept = table.deployments.find((each) => each.providerId === made.id && each.model === 'b')!;
      const request = { actor: owner, providerId: made.id, models: ['b', 'c'], timeouts: { idleMs: 9 } };
      const { provider } = await bus.request(updateProviderV1, request);
      expect(provider).toEqual({ ...made, models: ['b', 'c'], timeouts: { ...made.timeouts, idleMs: 9 } });
      expect((await bus.request(getProviderV1, { actor: owner, providerId: made.id })).provider).toEqual(provider);
      await eventually(() => expect(groupsOf(made.id)).toEqual(['b', 'c']));
      await eventually(() => expect(table.deployments).toContainEqual(kept));
      await eventually(() => expect(secretBox.open(published(made.id)!.sealedKey!)).toBe(SECRET));
    });

    it('takes a new key, and gives up its key for null', async () => {
      const made = await create();
      await bus.request(updateProviderV1, { actor: owner, providerId: made.id, apiKey: 'sk-another-key-0001' });
      await eventually(() => expect(secretBox.open(published(made.id)!.sealedKey!)).toBe('sk-another-key-0001'));
      const request = { actor: owner, providerId: made.id, apiKey: null };
      expect((await bus.request(updateProviderV1, request)).provider.keyMasked).toBeNull();
      await eventually(() => expect(published(made.id)!.sealedKey).toBeNull());
    });

    it('does not take its key along to another server', async () => {
      const made = await create();
      const request = { actor: owner, providerId: made.id, baseUrl: 'https://elsewhere.example/v1' };
      await expect(bus.request(updateProviderV1, request)).rejects.toMatchObject({ param: 'api_key' });
      const { provider } = await bus.request(updateProviderV1, { ...request, apiKey: 'sk-for-elsewhere-01' });
      expect(provider.baseUrl).toBe('https://elsewhere.example/v1');
    });

    it('is deleted with its deployments', async () => {
      const made = await create({ models: ['gone'] });
      expect(await bus.request(deleteProviderV1, { actor: owner, providerId: made.id })).toEqual({ deleted: true });
      await eventually(() => expect(published(made.id)).toBeUndefined());
      await eventually(() => expect(groupsOf(made.id)).toEqual([]));
      expect((await bus.request(listDeploymentsV1, { actor: owner, modelGroup: 'gone' })).data).toEqual([]);
      const again = bus.request(deleteProviderV1, { actor: owner, providerId: made.id });
      await expect(again).rejects.toMatchObject({ code: 'not_found' });
    });

    it('may keep its key in a variable, which is looked up when the table is published', async () => {
      const made = await create({ apiKey: 'os.environ/MY_API_KEY' });
      expect(made).toMatchObject({ keyReference: 'os.environ/MY_API_KEY', keyMasked: null });
      expect(secretBox.open(published(made.id)!.sealedKey!)).toBe('sk-from-the-environment');
      expect(await rowsOf(`SELECT key_reference, sealed_key FROM routing.provider WHERE id = '${made.id}'`)).toBe(
        '[{"key_reference":"os.environ/MY_API_KEY","sealed_key":null}]',
      );
    });

    it('tells the audit chain of each change', async () => {
      const made = await create();
      await bus.request(updateProviderV1, { actor: owner, providerId: made.id, connectionsMax: 4 });
      await bus.request(deleteProviderV1, { actor: owner, providerId: made.id });
      const expected = ['create', 'update', 'delete'].map((verb) => `org_default provider.${verb} ${made.id}`);
      await waitFor(() => expected.every((action) => actions.includes(action)));
    });
  });

  describe('[PR-013] the test of a provider', () => {
    it('[PR-002] makes one call with the stored key and the organisation', async () => {
      const { id } = await create({ organisation: 'org-openai' });
      const before = simulator.requests.length;
      expect(await bus.request(testProviderV1, { actor: owner, providerId: id })).toMatchObject({
        ok: true,
        reason: null,
        models: ['demo-chat', 'demo-embedding'],
      });
      expect(simulator.requests.slice(before).map(({ method, path: at, headers }) => [method, at, headers])).toEqual([
        [
          'GET',
          '/v1/models',
          expect.objectContaining({ authorization: `Bearer ${SECRET}`, 'openai-organization': 'org-openai' }),
        ],
      ]);
    });

    it.each([
      ['a bad key', 'fault=401', 'the provider refused the key (401)'],
      ['a limit', 'fault=429', 'limits the rate of requests'],
      ['a fault', 'fault=500', 'a fault of its own (500)'],
      ['a lost connection', 'fault=reset', 'closed the connection'],
    ])('says why %s failed', async (_case, directives, reason) => {
      const { id } = await create();
      simulator.script(directives);
      const answer = await bus.request(testProviderV1, { actor: owner, providerId: id });
      expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining(reason), models: [] });
    });

    it('says that nobody listens, that it is no API, and that a variable is not set', async () => {
      const reasonOf = async (settings: Parameters<typeof create>[0]): Promise<string | null> =>
        (await bus.request(testProviderV1, { actor: owner, providerId: (await create(settings)).id })).reason;
      expect(await reasonOf({ baseUrl: 'http://127.0.0.1:9' })).toContain('nothing answers at the base URL');
      expect(await reasonOf({ baseUrl: `${simulator.url}/nothing` })).toContain('no list of models at this base URL');
      expect(await reasonOf({ apiKey: 'os.environ/ABSENT_API_KEY' })).toContain('a variable that is not set');
    });

    it('works on the demo provider too', async () => {
      expect(await bus.request(testProviderV1, { actor: owner, providerId: 'prv_demo' })).toMatchObject({ ok: true });
    });
  });

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
      const deploymentId = table.deployments.find(({ providerId }) => providerId === groq.id)!.id;
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
      const deploymentId = table.deployments.find(({ providerId }) => providerId === id)!.id;
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

  it('serves a group through a deployment of its own, until that is deleted', async () => {
    const { id: providerId } = await create({ models: ['listed'], region: 'eu' });
    const request = {
      actor: owner,
      providerId,
      modelGroup: 'best',
      model: 'gpt-4o',
      weight: 5,
      tokensPerMinuteMax: 9e12,
    };
    const { deployment } = await bus.request(createDeploymentV1, request);
    expect(deployment).toMatchObject({ orgId: 'org_default', region: 'eu', weight: 5, tokensPerMinuteMax: 9e12 });
    await eventually(() => expect(table.deployments).toContainEqual(deployment));
    await bus.request(updateProviderV1, { actor: owner, providerId, models: [] });
    await eventually(() => expect(groupsOf(providerId)).toEqual(['best']));
    await bus.request(deleteDeploymentV1, { actor: owner, deploymentId: deployment.id });
    await eventually(() => expect(groupsOf(providerId)).toEqual([]));
  });

  it('[RT-008] lets an organisation turn an alias elsewhere, for itself alone', async () => {
    const { alias } = await bus.request(setAliasV1, { actor: stranger, alias: 'fast', modelGroup: 'demo-chat' });
    expect(alias).toEqual({
      orgId: 'org_tenant',
      alias: 'fast',
      modelGroup: 'demo-chat',
      hidden: false,
      source: 'api',
    });
    await bus.request(setAliasV1, { actor: stranger, alias: 'fast', modelGroup: 'demo-embedding', hidden: true });
    const targets = async (actor: Actor): Promise<string[]> =>
      (await bus.request(listAliasesV1, { actor, limit: 500 })).data
        .filter((each) => each.alias === 'fast')
        .map(({ modelGroup }) => modelGroup);
    expect(await targets(stranger)).toEqual(['demo-embedding']);
    expect(await targets(owner)).toEqual(['llama']);
    await eventually(() => expect(table.aliases.filter((each) => each.alias === 'fast')).toHaveLength(2));
    await bus.request(deleteAliasV1, { actor: stranger, alias: 'fast' });
    expect(await targets(stranger)).toEqual(['llama']);
  });

  it('pages through the operator’s and its own without gaps or repeats', async () => {
    const all = await bus.request(listDeploymentsV1, { actor: owner, limit: 500 });
    const paged: string[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await bus.request(listDeploymentsV1, { actor: owner, limit: 2, ...(cursor && { cursor }) });
      paged.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      more = cursor !== undefined;
    }
    expect(paged).toEqual(all.data.map(({ id }) => id));
    expect(new Set(all.data.map(({ source }) => source))).toEqual(new Set(['config', 'demo', 'api']));
  });

  it('[RT-016] follows the file without a restart, and survives a bad one', async () => {
    const { version } = table;
    await writeFile(file, configFile(['mixtral', 'llama']));
    await waitFor(() => table.deployments.some(({ modelGroup }) => modelGroup === 'mixtral'));
    expect(table.version).toBeGreaterThan(version);
    expect(table.aliases).toContainEqual({ orgId: null, alias: 'fast', modelGroup: 'mixtral', hidden: false });
    const good = table;
    await writeFile(file, 'model_list: 7');
    await sleep(300);
    await create();
    expect(table.deployments.filter(({ source }) => source === 'config')).toEqual(
      good.deployments.filter(({ source }) => source === 'config'),
    );
    await writeFile(file, configFile(['llama']));
    await waitFor(() => !table.deployments.some(({ modelGroup }) => modelGroup === 'mixtral'));
  });

  it('publishes what another replica stored, each time with a higher version', async () => {
    const other = new MemoryBus(silentLogger);
    const replica = await runService(routingService, {
      ...host,
      bus: other,
      environment: { ...host.environment, AO_CONFIG: '' },
    });
    const versions: number[] = [];
    await bus.watchSnapshot(routingTableSnapshot, ({ version }) => void versions.push(version));
    const request = {
      actor: owner,
      name: 'from the other',
      baseUrl: 'https://api.mistral.ai/v1/',
      models: ['mistral-large'],
    };
    const { provider } = await other.request(createProviderV1, request);
    await waitFor(() => published(provider.id));
    expect(published(provider.id)).toMatchObject({ vendor: 'mistral', baseUrl: 'https://api.mistral.ai/v1' });
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    await replica.stop();
    await other.close();
  });

  it('publishes late when the bus was away, and is not ready until it has', async () => {
    const flaky = new AwayBus(silentLogger);
    let last: Table | undefined;
    await flaky.watchSnapshot(routingTableSnapshot, (value) => void (last = value));
    const replica = await runService(routingService, { ...host, bus: flaky });
    expect((await replica.checkHealth())['routing_table']).toMatchObject({ ok: false });
    flaky.away = false;
    await waitFor(() => last);
    expect((await replica.checkHealth())['routing_table']).toMatchObject({ ok: true });

    flaky.away = true;
    const request = { actor: owner, name: 'made while the bus was away', baseUrl: 'https://api.groq.com/openai/v1' };
    const { provider } = await flaky.request(createProviderV1, request);
    expect(last!.providers.some(({ id }) => id === provider.id)).toBe(false);
    flaky.away = false;
    await waitFor(() => last!.providers.some(({ id }) => id === provider.id));
    await replica.stop();
    await flaky.close();
  });

  it('leaves the newest state published when many change it at once', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, (_, index) => create({ models: [`at-once-${index}`] })));
    await waitFor(() => made.every(({ id }) => published(id)));
    expect(made.flatMap(({ id }) => groupsOf(id))).toHaveLength(10);
    await Promise.all(made.map(({ id }) => bus.request(deleteProviderV1, { actor: owner, providerId: id })));
    await waitFor(() => !made.some(({ id }) => published(id)));
  });

  it('keeps private addresses closed unless the operator opens them', async () => {
    const { AO_ALLOW_PRIVATE_PROVIDER_URLS: _, ...environment } = host.environment;
    const strict = new MemoryBus(silentLogger);
    const replica = await runService(routingService, {
      ...host,
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
    const local = stored.find(({ source, baseUrl }) => source === 'api' && baseUrl === `${simulator.url}/v1`)!;
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
    const replica = await runService(routingService, { ...host, bus: small, environment });
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

  it('answers its health check with its dependencies', async () => {
    const ok = { ok: true, detail: null };
    expect(await service.checkHealth()).toEqual({ bus: ok, postgres: ok, routing_table: ok });
  });
});
