import { writeFile } from 'node:fs/promises';
import {
  createDeploymentV1,
  deleteAliasV1,
  deleteDeploymentV1,
  listAliasesV1,
  listDeploymentsV1,
  setAliasV1,
  updateProviderV1,
  type Actor,
} from '@ao/contracts';
import { sleep } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { RoutingHarness, configFile, eventually, owner, secretBox, stranger } from './harness.suite.js';

describe('routing', () => {
  const routing = new RoutingHarness();
  const { bus, create, published, groupsOf } = routing;

  beforeAll(() => routing.start());
  afterAll(() => routing.stop());

  it('publishes the operator’s models and the demo provider at the start, keys sealed', () => {
    const groq = routing.table.providers.find(({ name }) => name === 'groq')!;
    expect(groq).toMatchObject({ kind: 'groq', vendor: 'groq', baseUrl: 'https://api.groq.com/openai/v1' });
    expect(secretBox.open(groq.sealedKey!)).toBe('gsk-from-the-environment');
    expect(published('prv_demo')).toMatchObject({
      vendor: 'demo',
      baseUrl: `${routing.simulator.url}/v1`,
      sealedKey: null,
    });
    expect(groupsOf('prv_demo')).toEqual(['demo-chat', 'demo-embedding']);
    expect(routing.table.deployments.every(({ orgId }) => orgId === null)).toBe(true);
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
    expect(routing.table.aliases).toEqual([
      { orgId: null, alias: 'fast', modelGroup: 'llama', hidden: false },
      { orgId: null, alias: 'secret', modelGroup: 'llama', hidden: true },
    ]);
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
      concurrencyMax: 3,
      retriesMax: 0,
      timeoutMs: 9_000,
      firstTokenMs: 800,
      stallMs: 700,
      continuesAnswers: false,
    };
    const { deployment } = await bus.request(createDeploymentV1, request);
    const { actor: _actor, ...settled } = request;
    expect(deployment).toMatchObject({ orgId: 'org_default', region: 'eu', ...settled });
    expect((await bus.request(listDeploymentsV1, { actor: owner, modelGroup: 'best' })).data).toEqual([deployment]);
    await eventually(() => expect(routing.table.deployments).toContainEqual(deployment));
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
    await eventually(() => expect(routing.table.aliases.filter((each) => each.alias === 'fast')).toHaveLength(2));
    await bus.request(deleteAliasV1, { actor: stranger, alias: 'fast' });
    expect(await targets(stranger)).toEqual(['llama']);
  });

  it('pages through the operator’s and its own without gaps or repeats', async () => {
    await create({ models: ['first', 'second'] });
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
    const { version } = routing.table;
    await writeFile(routing.file, configFile(['mixtral', 'llama']));
    await waitFor(() => routing.table.deployments.some(({ modelGroup }) => modelGroup === 'mixtral'));
    expect(routing.table.version).toBeGreaterThan(version);
    expect(routing.table.aliases).toContainEqual({ orgId: null, alias: 'fast', modelGroup: 'mixtral', hidden: false });
    const good = routing.table;
    await writeFile(routing.file, 'model_list: 7');
    await sleep(300);
    await create();
    expect(routing.table.deployments.filter(({ source }) => source === 'config')).toEqual(
      good.deployments.filter(({ source }) => source === 'config'),
    );
    await writeFile(routing.file, configFile(['llama']));
    await waitFor(() => !routing.table.deployments.some(({ modelGroup }) => modelGroup === 'mixtral'));
  });

  it('[RT-016] [RT-014] publishes the router settings of the file, and each change of them', async () => {
    const platform = () => routing.table.settings.find(({ orgId }) => orgId === null)?.settings;
    expect(platform()).toEqual({});
    const settings = {
      routing_strategy: 'least-busy',
      fallbacks: [{ llama: ['demo-chat'] }],
      model_group_retry_policy: { llama: { num_retries: 2, timeout: 5, retry_after: 1 } },
    };
    await writeFile(routing.file, configFile(['llama'], settings));
    await waitFor(() => platform()?.strategy === 'least-busy');
    expect(platform()).toEqual({
      strategy: 'least-busy',
      fallbacks: { llama: ['demo-chat'] },
      groups: { llama: { retriesMax: 2, timeoutMs: 5_000, retryAfterMinMs: 1_000 } },
    });
    await writeFile(routing.file, configFile(['llama'], { routing_strategy: 'fastest' }));
    await sleep(300);
    expect(platform()?.strategy).toBe('least-busy');
    await writeFile(routing.file, configFile(['llama']));
    await waitFor(() => Object.keys(platform() ?? { none: true }).length === 0);
  });
});
