import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createProviderV1,
  getProviderV1,
  providerKeyRotationFailedV1,
  rotateProviderKeyV1,
  routingTableSnapshot,
  testProviderV1,
  updateProviderV1,
  type PayloadOf,
} from '@ao/contracts';
import { temporaryFolder, waitFor, type TemporaryFolder } from '@ao/testing';
import { RoutingHarness, SECRET, eventually, owner, secretBox, stranger, type Table } from './harness.suite.js';

describe('keys by reference', () => {
  let folder: TemporaryFolder;
  let routing: RoutingHarness;
  const failures: PayloadOf<typeof providerKeyRotationFailedV1>[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder('provider-keys');
    await mkdir(path.join(folder.path, 'keys'));
    await writeFile(path.join(folder.path, 'outside'), 'sk-outside-the-folder');
    routing = new RoutingHarness({
      AO_CONFIG: '',
      AO_PROVIDER_KEY_DIRECTORY: path.join(folder.path, 'keys'),
      AO_PROVIDER_KEY_VARIABLES: 'TEAM_*_TOKEN',
      TEAM_A_TOKEN: 'sk-of-team-a-0001',
      PROVIDER_KEY_INTERVAL_MS: '100',
    });
    await routing.start();
    await routing.bus.subscribe(providerKeyRotationFailedV1, { kind: 'broadcast' }, (events) => {
      failures.push(...events.map(({ payload }) => payload));
    });
  });
  afterAll(async () => {
    await routing.stop();
    await folder.remove();
  });

  const fileOf = (name: string): string => path.join(folder.path, 'keys', name);
  /** As a careful writer does: the new file takes the place of the old one at once. */
  const write = async (name: string, key: string): Promise<string> => {
    await writeFile(`${fileOf(name)}.new`, `${key}\n`);
    await rename(`${fileOf(name)}.new`, fileOf(name));
    return `file:${fileOf(name)}`;
  };
  const keyOf = (id: string): string | null => {
    const sealed = routing.published(id)?.sealedKey ?? null;
    return sealed === null ? null : secretBox.open(sealed);
  };
  const rotate = (providerId: string, actor = owner) => routing.bus.request(rotateProviderKeyV1, { actor, providerId });

  it('[PR-013] may be a file of the operator’s folder, or a variable that a pattern allows', async () => {
    const keyReference = await write('first', 'sk-in-a-file-0001');
    const made = await routing.create({ apiKey: null, keyReference });
    expect(made).toMatchObject({ keyReference, keyMasked: null });
    expect(keyOf(made.id)).toBe('sk-in-a-file-0001');
    const probed = await routing.bus.request(testProviderV1, { actor: owner, providerId: made.id });
    expect(probed).toMatchObject({ ok: true, reason: null });
    expect(routing.simulator.requests.at(-1)?.headers['authorization']).toBe('Bearer sk-in-a-file-0001');
    const byVariable = await routing.create({ apiKey: null, keyReference: 'os.environ/TEAM_A_TOKEN' });
    expect(keyOf(byVariable.id)).toBe('sk-of-team-a-0001');
    for (const relation of ['provider', 'provider_watch', 'outbox']) {
      expect(await routing.rowsOf(`SELECT t.*::text FROM routing.${relation} t`)).not.toContain('sk-in-a-file-0001');
    }
  });

  it('[PR-013] may be nothing else: no other file, no other variable, no other organisation’s', async () => {
    const refused = { code: 'permission_denied', param: 'key_ref' };
    const outside = `file:${path.join(folder.path, 'outside')}`;
    const climbing = `file:${fileOf('../outside')}`;
    for (const keyReference of [outside, climbing, 'file:/etc/passwd', 'os.environ/DATABASE_URL', 'sk-no-reference']) {
      await expect(routing.create({ apiKey: null, keyReference })).rejects.toMatchObject(refused);
    }
    const keyReference = await write('theirs', 'sk-the-operators-own');
    const foreign = routing.create({ actor: stranger, apiKey: null, keyReference });
    await expect(foreign).rejects.toMatchObject(refused);
    const both = routing.create({ apiKey: SECRET, keyReference });
    await expect(both).rejects.toMatchObject({ code: 'invalid_parameter', param: 'key_ref' });
  });

  it('[PR-013] is not read through a link that leads out of the folder', async () => {
    await symlink(path.join(folder.path, 'outside'), fileOf('link'));
    const { id } = await routing.create({ apiKey: null, keyReference: `file:${fileOf('link')}` });
    expect(keyOf(id)).toBeNull();
    expect(await rotate(id)).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('lies outside') });
  });

  it('[PR-013] stores a credential that is JSON as it is, shows nothing of it, and refuses one that is too long', async () => {
    const credential = JSON.stringify({ type: 'service_account', private_key: 'x'.repeat(3_000) }, null, 2);
    const made = await routing.create({ apiKey: credential });
    expect(made.keyMasked).toBe('****');
    expect(keyOf(made.id)).toBe(credential);
    const long = routing.create({ apiKey: 'x'.repeat(7_000) });
    await expect(long).rejects.toMatchObject({ code: 'invalid_parameter', param: 'api_key' });
  });

  it('[PR-013] keeps the vendor that its administrator names, until the name is taken back', async () => {
    const made = await routing.create({ vendor: 'groq' });
    expect([made.vendor, routing.published(made.id)?.vendor]).toEqual(['groq', 'groq']);
    const request = { actor: owner, providerId: made.id };
    expect((await routing.bus.request(updateProviderV1, { ...request, region: 'eu' })).provider.vendor).toBe('groq');
    expect((await routing.bus.request(updateProviderV1, { ...request, vendor: null })).provider.vendor).toBe('openai');
    expect((await routing.bus.request(getProviderV1, request)).provider.vendor).toBe('openai');
  });

  it('[PR-018] are read again by themselves: the next table has the new one, and the audit chain knows', async () => {
    const keyReference = await write('renewed', 'sk-before-0001');
    const { id } = await routing.create({ apiKey: null, keyReference });
    await waitFor(async () => (await rotate(id)).outcome === 'unchanged');
    await write('renewed', 'sk-after-0002');
    await waitFor(() => keyOf(id) === 'sk-after-0002');
    await waitFor(() => routing.actions.includes(`org_default provider.rotate_key ${id}`));
    expect(failures.filter(({ providerId }) => providerId === id)).toEqual([]);
  });

  it('[PR-018] stay what they were when the source fails, are told of once, and go on when it is back', async () => {
    const keyReference = await write('lost', 'sk-good-0001');
    const { id } = await routing.create({ apiKey: null, keyReference });
    await waitFor(async () => (await rotate(id)).outcome === 'unchanged');
    await rm(fileOf('lost'));
    const told = () => failures.filter(({ providerId }) => providerId === id);
    await waitFor(() => told().length === 1);
    expect(told()).toEqual([
      expect.objectContaining({ orgId: 'org_default', keyReference, reason: 'there is no such file' }),
    ]);
    expect(await rotate(id)).toEqual({ outcome: 'failed', reason: 'there is no such file' });
    await routing.bus.request(updateProviderV1, { actor: owner, providerId: id, region: 'eu' });
    await eventually(() => expect(routing.published(id)?.region).toBe('eu'));
    expect(keyOf(id)).toBe('sk-good-0001');
    expect(await routing.bus.request(testProviderV1, { actor: owner, providerId: id })).toMatchObject({ ok: true });

    await write('lost', 'sk-good-0002');
    await waitFor(() => keyOf(id) === 'sk-good-0002');
    expect(told()).toHaveLength(1);
  });

  it('[PR-018] outlive a restart while the source is away', async () => {
    const keyReference = await write('restart', 'sk-kept-0001');
    const { id } = await routing.create({ apiKey: null, keyReference });
    await waitFor(async () => (await rotate(id)).outcome === 'unchanged');
    await rm(fileOf('restart'));
    let table: Table | undefined;
    const bus = await routing.startReplica();
    await bus.watchSnapshot(routingTableSnapshot, (value) => void (table = value));
    const sealed = (await waitFor(() => table?.providers.find((provider) => provider.id === id)))!.sealedKey!;
    expect(secretBox.open(sealed)).toBe('sk-kept-0001');
  });

  it('[PR-018] are rotated on request by those who may change the provider', async () => {
    const keyReference = await write('asked', 'sk-asked-0001');
    const { id } = await routing.create({ apiKey: null, keyReference });
    await expect(rotate(id, stranger)).rejects.toMatchObject({ code: 'not_found' });
    await expect(rotate(id, { ...owner, role: 'viewer' })).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(rotate('prv_demo', stranger)).rejects.toMatchObject({ code: 'permission_denied' });
    const own = await routing.bus.request(createProviderV1, {
      actor: owner,
      name: 'with its own key',
      baseUrl: `${routing.simulator.url}/v1`,
      apiKey: SECRET,
    });
    await expect(rotate(own.provider.id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('[PR-018] of AO_CONFIG may be any file, and follow it', async () => {
    await writeFile(path.join(folder.path, 'operators'), 'sk-operators-0001');
    const config = path.join(folder.path, 'models.json');
    const params = { model: 'groq/llama', api_key: `file:${path.join(folder.path, 'operators')}` };
    await writeFile(config, JSON.stringify({ model_list: [{ model_name: 'llama', litellm_params: params }] }));
    let table: Table | undefined;
    const bus = await routing.startReplica({ AO_CONFIG: config });
    await bus.watchSnapshot(routingTableSnapshot, (value) => void (table = value));
    const key = (): string => {
      const sealed = table?.providers.find(({ name }) => name === 'groq')?.sealedKey;
      return sealed ? secretBox.open(sealed) : '';
    };
    await waitFor(() => key() === 'sk-operators-0001');
    await writeFile(path.join(folder.path, 'operators'), 'sk-operators-0002');
    await waitFor(() => key() === 'sk-operators-0002');
  });
});
