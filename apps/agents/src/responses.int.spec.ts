import { deleteResponseV1, getResponseV1, saveResponseV1, type Actor } from '@ao/contracts';
import { waitFor } from '@ao/testing';
import { AgentsHost, alice } from './agents-host.suite.js';

const DAY_MS = 86_400_000;

describe('stored responses', () => {
  let host: AgentsHost;
  beforeAll(async () => {
    host = await AgentsHost.start({
      AGENTS_RESPONSE_SWEEP_INTERVAL_MS: '100',
      AGENTS_ORGANISATION_RESPONSE_BYTES_MAX: '2000',
    });
  });
  afterAll(() => host.stop());

  let count = 0;
  const save = async (actor: Actor = alice, content = 'v1.sealed'): Promise<string> => {
    count += 1;
    const id = `resp_${count}`;
    const response = { id, model: 'demo-chat', providerId: 'prov_1', content };
    await host.bus.request(saveResponseV1, { actor, teamId: null, response });
    return id;
  };
  const get = async (responseId: string, actor: Actor = alice) =>
    (await host.bus.request(getResponseV1, { actor, responseId })).response;
  const remove = (responseId: string, actor: Actor = alice) =>
    host.bus.request(deleteResponseV1, { actor, responseId });

  it('[BX-005] gives a response back to its key for thirty days', async () => {
    const id = await save();
    const response = await get(id);
    expect(response).toMatchObject({ id, model: 'demo-chat', providerId: 'prov_1', content: 'v1.sealed' });
    expect(response.expiresAtMs - response.createdAtMs).toBe(30 * DAY_MS);
  });

  it('[BX-005] shows and deletes it for its key, the keys of its user and admins only', async () => {
    const owner: Actor = { ...alice, userId: 'user_alice' };
    const id = await save(owner);
    const strangers: Actor[] = [
      { ...alice, keyId: 'key_bob' },
      { ...alice, keyId: 'key_bob', userId: 'user_bob' },
      { ...owner, orgId: 'org_2' },
      { orgId: 'org_2', keyId: 'key_2', role: 'owner' },
    ];
    for (const actor of strangers) {
      await expect(get(id, actor)).rejects.toMatchObject({ code: 'not_found' });
      await expect(remove(id, actor)).rejects.toMatchObject({ code: 'not_found' });
    }
    for (const actor of [
      { ...owner, keyId: 'key_other' },
      { ...alice, keyId: 'key_admin', role: 'admin' as const },
    ]) {
      expect(await get(id, actor)).toMatchObject({ id });
    }
    await remove(id, owner);
    await expect(get(id, owner)).rejects.toMatchObject({ code: 'not_found' });
    await expect(remove(id, owner)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps what was saved first under an id, and the same id of two organisations apart', async () => {
    const response = { id: 'resp_same', model: 'demo-chat', providerId: 'prov_1' };
    const other: Actor = { ...alice, orgId: 'org_3' };
    for (const [actor, content] of [
      [alice, 'first'],
      [alice, 'second'],
      [other, 'third'],
    ] as const) {
      await host.bus.request(saveResponseV1, { actor, teamId: null, response: { ...response, content } });
    }
    expect(await get('resp_same')).toMatchObject({ content: 'first' });
    expect(await get('resp_same', other)).toMatchObject({ content: 'third' });
  });

  it('refuses what an organisation has no room for, and only its own', async () => {
    const full: Actor = { ...alice, orgId: 'org_full' };
    await save(full, 'x'.repeat(1_500));
    await expect(save(full, 'x'.repeat(600))).rejects.toMatchObject({ code: 'capacity_exceeded' });
    await save(full, 'x'.repeat(400));
    await save({ ...alice, orgId: 'org_empty' }, 'x'.repeat(600));
  });

  it('hides what has expired at once and removes it soon', async () => {
    const id = await save();
    await host.database.pool.query(`UPDATE response SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
    await expect(get(id)).rejects.toMatchObject({ code: 'not_found' });
    await waitFor(
      async () => {
        const { rowCount } = await host.database.pool.query('SELECT 1 FROM response WHERE id = $1', [id]);
        return rowCount === 0 ? true : null;
      },
      { description: 'the response to be swept' },
    );
  });
});
