import { MemoryBus } from '@ao/bus';
import {
  NO_ATTRIBUTION_RULES,
  authenticateKeyV1,
  bootstrapV1,
  createKeyV1,
  createTeamV1,
  identityActionPerformedV1,
  keyChangedV1,
  listKeysV1,
  revokeKeyV1,
  signUpV1,
  type Actor,
} from '@ao/contracts';
import { silentLogger } from '@ao/kernel';
import { hashKey, runService, type HostContext, type RunningService } from '@ao/runtime';
import { createTestDatabase, waitFor, type TestDatabase } from '@ao/testing';
import { answerWallets, hostOn, pepper } from './identity-host.suite.js';
import { identityService } from './index.js';

const owner: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'owner' };
describe('identity', () => {
  const bus = new MemoryBus(silentLogger);
  const events: { subject: string; payload: unknown }[] = [];
  let database: TestDatabase;
  let service: RunningService;
  let host: HostContext;

  beforeAll(async () => {
    database = await createTestDatabase();
    await answerWallets(bus);
    for (const contract of [keyChangedV1, identityActionPerformedV1]) {
      await bus.subscribe(contract, { kind: 'broadcast' }, (batch) => void events.push(...batch));
    }
    host = hostOn(bus, database.url);
    service = await runService(identityService, host);
  });

  afterAll(async () => {
    await service.stop();
    await bus.close();
    await database.drop();
  });

  const authenticate = async (secret: string): Promise<string | undefined> =>
    (await bus.request(authenticateKeyV1, { keyHash: hashKey(secret, pepper) })).principal?.keyId;

  it('[ID-008] makes one first organisation and one first key, however many starts ask for it', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => bus.request(bootstrapV1, {})));
    const secrets = answers.flatMap(({ secret }) => (secret ? [secret] : []));
    expect(secrets).toHaveLength(1);
    expect(await authenticate(secrets[0]!)).toBeDefined();
    expect((await bus.request(bootstrapV1, {})).secret).toBeNull();
  });

  it('[ID-008] signs an organisation up with a key that authenticates', async () => {
    const made = await bus.request(signUpV1, { organisationName: 'Acme', email: 'owner@example.com' });
    expect(made.organisation.walletId).toBe(`wal_${made.organisation.id}`);
    expect(await authenticate(made.secret)).toBe(made.keyId);
  });

  it('[ID-001] issues a key, stores only its hash, revokes it and tells everyone at once', async () => {
    const { key, secret } = await bus.request(createKeyV1, { actor: owner, name: 'ci', models: ['gpt-4o'] });
    expect(secret).toMatch(/^sk-ao-[\w-]{43}$/);
    expect(JSON.stringify(await bus.request(listKeysV1, { actor: owner, limit: 50 }))).not.toContain(secret);
    expect(await authenticate(secret)).toBe(key.id);

    await bus.request(revokeKeyV1, { actor: owner, keyId: key.id });
    expect(await authenticate(secret)).toBeUndefined();
    const revoked = {
      subject: keyChangedV1.subject,
      payload: expect.objectContaining({ keyId: key.id, revoked: true }),
    };
    await waitFor(() => events.some((event) => (event.payload as { revoked?: boolean }).revoked === true));
    expect(events).toContainEqual(expect.objectContaining(revoked));
  });

  it('[ID-001] does not accept an expired key', async () => {
    const { secret } = await bus.request(createKeyV1, { actor: owner, name: 'old', expiresAtMs: 1 });
    expect(await authenticate(secret)).toBeUndefined();
  });

  it.each([
    ['rules', { allowedTags: ['a'], boundTags: ['b'], allowedEndUsers: [], boundEndUser: 'ann' }],
    ['none', NO_ATTRIBUTION_RULES],
  ])('[BX-020] keeps what a key may name and tells it to the gateways: %s', async (_case, attribution) => {
    const { key, secret } = await bus.request(createKeyV1, { actor: owner, name: 'bound', attribution });
    const { data } = await bus.request(listKeysV1, { actor: owner, limit: 500 });
    expect(data.find(({ id }) => id === key.id)).toMatchObject({ attribution });
    const { principal } = await bus.request(authenticateKeyV1, { keyHash: hashKey(secret, pepper) });
    expect(principal).toMatchObject({ attribution });
  });

  it('pages through keys without gaps or repeats', async () => {
    const all = await bus.request(listKeysV1, { actor: owner, limit: 500 });
    const first = await bus.request(listKeysV1, { actor: owner, limit: 1 });
    const rest = await bus.request(listKeysV1, { actor: owner, limit: 500, cursor: first.nextCursor! });
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(all.data.map(({ id }) => id));
  });

  it.each([
    ['a member asks', { actor: { ...owner, role: 'member' as const } }, 'permission_denied'],
    [
      'an admin wants an owner key',
      { actor: { ...owner, role: 'admin' as const }, role: 'owner' as const },
      'permission_denied',
    ],
    ['the wallet is another organisation’s', { actor: owner, walletId: 'wal_other' }, 'not_found'],
    ['the team is unknown', { actor: owner, teamId: 'team_x' }, 'not_found'],
  ])('refuses a key when %s', async (_case, request, code) => {
    await expect(bus.request(createKeyV1, { name: 'x', ...request })).rejects.toMatchObject({ code });
  });

  it('[ID-013] lets nobody revoke the key of a higher role', async () => {
    const { key, secret } = await bus.request(createKeyV1, { actor: owner, name: 'boss', role: 'owner' });
    const admin = { ...owner, role: 'admin' as const };
    const refused = { code: 'permission_denied' };
    await expect(bus.request(revokeKeyV1, { actor: admin, keyId: key.id })).rejects.toMatchObject(refused);
    expect(await authenticate(secret)).toBe(key.id);
  });

  it('refuses a second team of one name and records each action for the audit chain', async () => {
    const { team } = await bus.request(createTeamV1, { actor: owner, name: 'Research' });
    await expect(bus.request(createTeamV1, { actor: owner, name: 'Research' })).rejects.toMatchObject({
      code: 'conflict',
      param: 'name',
    });
    await waitFor(() => events.some(({ payload }) => (payload as { targetId?: string }).targetId === team.id));
  });

  it('accepts AO_ADMIN_KEY also when it was set after the first start', async () => {
    await service.stop();
    service = await runService(identityService, { ...host, environment: { AO_ADMIN_KEY: 'operator-chosen-key' } });
    expect(await authenticate('operator-chosen-key')).toBeUndefined();
    expect((await bus.request(bootstrapV1, {})).secret).toBeNull();
    expect(await authenticate('operator-chosen-key')).toBeDefined();
  });

  it('answers its health check with its dependencies', async () => {
    expect(await service.checkHealth()).toEqual({
      bus: { ok: true, detail: null },
      postgres: { ok: true, detail: null },
    });
  });
});
