import {
  deleteProviderV1,
  getProviderV1,
  listDeploymentsV1,
  listProvidersV1,
  testProviderV1,
  updateProviderV1,
} from '@ao/contracts';
import { waitFor } from '@ao/testing';
import { RoutingHarness, SECRET, eventually, owner, secretBox } from './harness.suite.js';

describe('routing', () => {
  const routing = new RoutingHarness();
  const { bus, actions, create, published, deploymentsOf, groupsOf, rowsOf } = routing;

  beforeAll(() => routing.start());
  afterAll(() => routing.stop());

  describe('[PR-013] a provider made over the API', () => {
    it('is published at once with its key sealed, for its organisation alone', async () => {
      const { version } = routing.table;
      const made = await create({ models: ['gpt-4o-mini', 'gpt-4o', 'gpt-4o-mini'], region: 'us', tags: ['paid'] });
      expect(routing.table.version).toBeGreaterThan(version);
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
      const kept = routing.table.deployments.find((each) => each.providerId === made.id && each.model === 'b')!;
      const request = { actor: owner, providerId: made.id, models: ['b', 'c'], timeouts: { idleMs: 9 } };
      const { provider } = await bus.request(updateProviderV1, request);
      expect(provider).toEqual({ ...made, models: ['b', 'c'], timeouts: { ...made.timeouts, idleMs: 9 } });
      expect((await bus.request(getProviderV1, { actor: owner, providerId: made.id })).provider).toEqual(provider);
      await eventually(() => expect(groupsOf(made.id)).toEqual(['b', 'c']));
      await eventually(() => expect(routing.table.deployments).toContainEqual(kept));
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
      const before = routing.simulator.requests.length;
      expect(await bus.request(testProviderV1, { actor: owner, providerId: id })).toMatchObject({
        ok: true,
        reason: null,
        models: ['demo-chat', 'demo-embedding'],
      });
      expect(
        routing.simulator.requests.slice(before).map(({ method, path: at, headers }) => [method, at, headers]),
      ).toEqual([
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
      routing.simulator.script(directives);
      const answer = await bus.request(testProviderV1, { actor: owner, providerId: id });
      expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining(reason), models: [] });
    });

    it('says that nobody listens, that it is no API, and that a variable is not set', async () => {
      const reasonOf = async (settings: Parameters<typeof create>[0]): Promise<string | null> =>
        (await bus.request(testProviderV1, { actor: owner, providerId: (await create(settings)).id })).reason;
      expect(await reasonOf({ baseUrl: 'http://127.0.0.1:9' })).toContain('nothing answers at the base URL');
      expect(await reasonOf({ baseUrl: `${routing.simulator.url}/nothing` })).toContain(
        'no list of models at this base URL',
      );
      expect(await reasonOf({ apiKey: 'os.environ/ABSENT_API_KEY' })).toContain('a variable that is not set');
    });

    it('works on the demo provider too', async () => {
      expect(await bus.request(testProviderV1, { actor: owner, providerId: 'prv_demo' })).toMatchObject({ ok: true });
    });
  });
});
