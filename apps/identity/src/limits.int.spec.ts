import { MemoryBus } from '@ao/bus';
import {
  authenticateKeyV1,
  bootstrapV1,
  createKeyV1,
  createLimitV1,
  createTeamV1,
  deleteLimitV1,
  identityActionPerformedV1,
  limitsSnapshot,
  listKeysV1,
  listLimitsV1,
  signUpV1,
  updateLimitV1,
  type Actor,
  type LimitRule,
} from '@ao/contracts';
import { silentLogger } from '@ao/kernel';
import { hashKey, runService, type RunningService } from '@ao/runtime';
import { createTestDatabase, waitFor, type TestDatabase } from '@ao/testing';
import { answerWallets, hostOn, pepper } from './identity-host.suite.js';
import { identityService } from './index.js';

const owner: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'owner' };
const LIMITS_MAX = 8;
const NO_LIMIT = { requestsPerMinuteMax: null, tokensPerMinuteMax: null, concurrencyMax: null };

describe('limits of any scope', () => {
  const bus = new MemoryBus(silentLogger);
  const actions: { action: string; targetId: string | null }[] = [];
  let published: LimitRule[] = [];
  let database: TestDatabase;
  let service: RunningService;
  let stranger: Actor;

  beforeAll(async () => {
    database = await createTestDatabase();
    await answerWallets(bus);
    await bus.subscribe(identityActionPerformedV1, { kind: 'broadcast' }, (events) => {
      actions.push(...events.map(({ payload }) => payload as (typeof actions)[number]));
    });
    await bus.watchSnapshot(limitsSnapshot, ({ limits }) => void (published = limits));
    const environment = { LIMITS_PER_ORGANISATION_MAX: String(LIMITS_MAX) };
    service = await runService(identityService, hostOn(bus, database.url, environment));
    await bus.request(bootstrapV1, {});
    const other = await bus.request(signUpV1, { organisationName: 'Other', email: 'owner@example.com' });
    stranger = { orgId: other.organisation.id, keyId: other.keyId, role: 'owner' };
  });

  afterAll(async () => {
    await service.stop();
    await bus.close();
    await database.drop();
  });

  const create = (request: Omit<Parameters<typeof bus.request<typeof createLimitV1>>[1], 'actor'>, actor = owner) =>
    bus.request(createLimitV1, { actor, ...request });
  const list = async (actor: Actor) => (await bus.request(listLimitsV1, { actor, limit: 500 })).data;
  const isAudited = (action: string, targetId: string) =>
    waitFor(() => actions.some((seen) => seen.action === action && seen.targetId === targetId));

  it('[RL-001] publishes a limit as it is made, changed and ended, and each is audited', async () => {
    const { team } = await bus.request(createTeamV1, { actor: owner, name: 'Research' });
    const { limit } = await create({ scope: { kind: 'team', id: team.id }, model: 'gpt-4o', requestsPerMinuteMax: 60 });
    const shown = { id: limit.id, scope: { kind: 'team', id: team.id }, model: 'gpt-4o', requestsPerMinuteMax: 60 };
    expect(published).toMatchObject([{ ...shown, orgId: 'org_default', concurrencyMax: null }]);
    expect(await list(owner)).toMatchObject([shown]);

    const changes = { requestsPerMinuteMax: null, tokensPerMinuteMax: 5_000_000_000 };
    await bus.request(updateLimitV1, { actor: owner, limitId: limit.id, ...changes });
    expect(published).toMatchObject([{ ...changes, concurrencyMax: null, model: 'gpt-4o' }]);

    await bus.request(deleteLimitV1, { actor: owner, limitId: limit.id });
    expect(published).toEqual([]);
    for (const action of ['limit.create', 'limit.update', 'limit.delete']) await isAudited(action, limit.id);
  });

  it('[RL-001] makes the limit of a team with the team', async () => {
    const limits = { requestsPerMinuteMax: 60 };
    const { team } = await bus.request(createTeamV1, {
      actor: owner,
      name: 'Limited',
      limits: { ...NO_LIMIT, ...limits },
    });
    expect(published).toMatchObject([{ scope: { kind: 'team', id: team.id }, model: null, ...limits }]);
    await bus.request(deleteLimitV1, { actor: owner, limitId: published[0]!.id });
  });

  it('lets nobody see, change or end the limits of another organisation, or set one for what is not theirs', async () => {
    const { limit } = await create({ scope: { kind: 'organisation', id: null }, concurrencyMax: 5 });
    expect(await list(stranger)).toEqual([]);
    const refused = { code: 'not_found' };
    const foreign = { actor: stranger, limitId: limit.id };
    await expect(bus.request(updateLimitV1, { ...foreign, concurrencyMax: 1 })).rejects.toMatchObject(refused);
    await expect(bus.request(deleteLimitV1, foreign)).rejects.toMatchObject(refused);
    const { team } = await bus.request(createTeamV1, { actor: owner, name: 'Closed' });
    const { key } = await bus.request(createKeyV1, { actor: owner, name: 'closed' });
    for (const scope of [
      { kind: 'team', id: team.id },
      { kind: 'key', id: key.id },
      { kind: 'organisation', id: 'org_default' },
    ] as const) {
      await expect(create({ scope, concurrencyMax: 1 }, stranger)).rejects.toMatchObject(refused);
    }
    expect(published).toMatchObject([{ id: limit.id, concurrencyMax: 5 }]);
    await bus.request(deleteLimitV1, { actor: owner, limitId: limit.id });
  });

  it.each([
    ['a member', { actor: { ...owner, role: 'member' as const }, requestsPerMinuteMax: 1 }, 'permission_denied'],
    ['no number at all', {}, 'invalid_parameter'],
    [
      'an address that is none',
      { scope: { kind: 'ip' as const, id: '300.1.1.1' }, concurrencyMax: 1 },
      'invalid_parameter',
    ],
    ['an unknown team', { scope: { kind: 'team' as const, id: 'team_x' }, concurrencyMax: 1 }, 'not_found'],
    ['an unknown key', { scope: { kind: 'key' as const, id: 'key_x' }, concurrencyMax: 1 }, 'not_found'],
  ])('refuses a limit with %s', async (_case, request, code) => {
    const whole = { actor: owner, scope: { kind: 'user' as const, id: null }, ...request };
    await expect(bus.request(createLimitV1, whole)).rejects.toMatchObject({ code });
  });

  it('has one limit for a scope and a model, also where each has its own, and only so many', async () => {
    const each = { scope: { kind: 'end_user' as const, id: null }, requestsPerMinuteMax: 5 };
    const first = await create(each);
    await expect(create(each)).rejects.toMatchObject({ code: 'conflict', param: 'scope' });
    const made = [first];
    for (let index = made.length; index < LIMITS_MAX; index += 1)
      made.push(await create({ ...each, model: `m${index}` }));
    await expect(create({ ...each, model: 'one-more' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      bus.request(updateLimitV1, { actor: owner, limitId: first.limit.id, requestsPerMinuteMax: null }),
    ).rejects.toMatchObject({ code: 'invalid_parameter' });
    for (const { limit } of made) await bus.request(deleteLimitV1, { actor: owner, limitId: limit.id });
  });

  it('[RL-006] [RL-007] keeps the model limits and the priority of a key, and tells them to the gateways', async () => {
    const modelLimits = [{ model: 'gpt-4o', requestsPerMinuteMax: 5, tokensPerMinuteMax: null }];
    const request = { actor: owner, name: 'limited', modelLimits, priority: 'low' as const };
    const { key, secret } = await bus.request(createKeyV1, request);
    const { data } = await bus.request(listKeysV1, { actor: owner, limit: 500 });
    expect(data.find(({ id }) => id === key.id)).toMatchObject({ modelLimits, priority: 'low' });
    const { principal } = await bus.request(authenticateKeyV1, { keyHash: hashKey(secret, pepper) });
    expect(principal).toMatchObject({ modelLimits, priority: 'low' });
  });
});
