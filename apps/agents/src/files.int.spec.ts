import {
  appendUploadV1,
  deleteFileV1,
  discardUploadV1,
  FILE_CHUNK_BYTES_MAX,
  finishUploadV1,
  getFileV1,
  listFilesV1,
  readFileV1,
  startUploadV1,
  type Actor,
  type CallOf,
  type StoredFile,
} from '@ao/contracts';
import { waitFor } from '@ao/testing';
import { AgentsHost, alice } from './agents-host.suite.js';

const LIMITS = {
  AGENTS_FILE_BYTES_MAX: '2000',
  AGENTS_ORGANISATION_FILE_BYTES_MAX: '3000',
  AGENTS_ORGANISATION_FILES_MAX: '5',
  AGENTS_FILE_SWEEP_INTERVAL_MS: '100',
};
const bob: Actor = { orgId: 'org_1', keyId: 'key_bob', role: 'member' };
const viewer: Actor = { orgId: 'org_1', keyId: 'key_alice', role: 'viewer' };

describe('files', () => {
  let host: AgentsHost;
  beforeAll(async () => void (host = await AgentsHost.start(LIMITS)));
  beforeEach(async () => void (await host.database.pool.query('DELETE FROM file')));
  afterAll(() => host.stop());

  const start = async (actor = alice): Promise<string> =>
    (await host.bus.request(startUploadV1, { actor, filename: 'a.bin' })).fileId;
  const append = (fileId: string, position: number, content: Buffer, actor = alice): Promise<object> =>
    host.bus.request(appendUploadV1, { actor, fileId, position, content: content.toString('base64') });
  const finish = async (fileId: string, more: Partial<CallOf<typeof finishUploadV1>> = {}): Promise<StoredFile> =>
    (await host.bus.request(finishUploadV1, { actor: alice, fileId, purpose: 'user_data', ...more })).file;
  async function store(bytes: number): Promise<StoredFile> {
    const fileId = await start();
    await append(fileId, 0, Buffer.alloc(bytes, 'x'));
    return finish(fileId);
  }
  const rowCount = async (): Promise<number> =>
    (await host.database.pool.query('SELECT 1 FROM file UNION ALL SELECT 1 FROM file_chunk')).rowCount!;

  it('give back every byte, whatever it is', async () => {
    const fileId = await start();
    const parts = [Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), Buffer.from('größe \0 日本')];
    for (const [position, part] of parts.entries()) await append(fileId, position, part);
    const { bytes } = await finish(fileId);
    const read: Buffer[] = [];
    for (let position = 0; ; position += 1) {
      const { content } = await host.bus.request(readFileV1, { actor: alice, fileId, position });
      if (content === null) break;
      read.push(Buffer.from(content, 'base64'));
    }
    expect(Buffer.concat(read)).toEqual(Buffer.concat(parts));
    expect(bytes).toBe(Buffer.concat(parts).length);
  });

  it('are there for nobody before they are finished, and then for good', async () => {
    const fileId = await start();
    await append(fileId, 0, Buffer.from('x'));
    await expect(host.bus.request(getFileV1, { actor: alice, fileId })).rejects.toMatchObject({ code: 'not_found' });
    await expect(append(fileId, 1, Buffer.from('y'), bob)).rejects.toMatchObject({ code: 'not_found' });
    await expect(finish(fileId, { actor: bob })).rejects.toMatchObject({ code: 'not_found' });
    await host.bus.request(discardUploadV1, { actor: bob, fileId });
    await finish(fileId);
    await expect(append(fileId, 1, Buffer.from('y'))).rejects.toMatchObject({ code: 'not_found' });
    await host.bus.request(discardUploadV1, { actor: alice, fileId });
    expect(await host.bus.request(getFileV1, { actor: alice, fileId })).toMatchObject({ file: { bytes: 1 } });
  });

  it('have limits: of one, of all of an organisation, of their number', async () => {
    const fileId = await start();
    await append(fileId, 0, Buffer.alloc(2_000));
    await expect(append(fileId, 1, Buffer.alloc(1))).rejects.toMatchObject({ code: 'payload_too_large' });
    await finish(fileId);
    const second = await start();
    await append(second, 0, Buffer.alloc(1_000));
    await expect(append(second, 1, Buffer.alloc(1))).rejects.toMatchObject({ code: 'payload_too_large' });
    await host.bus.request(discardUploadV1, { actor: alice, fileId: second });
    await store(1_000);
    for (let made = 2; made < 5; made += 1) await start();
    await expect(start()).rejects.toMatchObject({ code: 'capacity_exceeded' });
    await expect(append(second, 0, Buffer.alloc(FILE_CHUNK_BYTES_MAX + 4))).rejects.toMatchObject({
      code: 'invalid_parameter',
    });
  });

  it('are listed in pages, by purpose and in either order', async () => {
    const ids: string[] = [];
    for (let made = 0; made < 3; made += 1) {
      ids.push((await store(1)).id);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const list = (more: Partial<CallOf<typeof listFilesV1>>) =>
      host.bus.request(listFilesV1, { actor: alice, limit: 2, ...more });
    const first = await list({});
    expect([first.data.map(({ id }) => id), first.hasMore]).toEqual([[ids[2], ids[1]], true]);
    const second = await list({ after: ids[1]! });
    expect([second.data.map(({ id }) => id), second.hasMore]).toEqual([[ids[0]], false]);
    expect((await list({ order: 'asc' })).data.map(({ id }) => id)).toEqual([ids[0], ids[1]]);
    expect((await list({ purpose: 'batch' })).data).toEqual([]);
  });

  it('are changed by no viewer', async () => {
    const { id: fileId } = await store(1);
    await expect(start(viewer)).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(host.bus.request(deleteFileV1, { actor: viewer, fileId })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    expect(await host.bus.request(getFileV1, { actor: viewer, fileId })).toMatchObject({ file: { id: fileId } });
  });

  it('go with all their bytes when they are deleted, when their time is over, and when they are never finished', async () => {
    await host.bus.request(deleteFileV1, { actor: alice, fileId: (await store(1)).id });
    expect(await rowCount()).toBe(0);
    const late = await store(1);
    expect(late.expiresAtMs - late.createdAtMs).toBe(30 * 86_400_000);
    await append(await start(), 0, Buffer.from('x'));
    expect(await rowCount()).toBe(4);
    await host.database.pool.query('UPDATE file SET expires_at = now()');
    const gone = host.bus.request(getFileV1, { actor: alice, fileId: late.id });
    await expect(gone).rejects.toMatchObject({ code: 'not_found' });
    await waitFor(async () => (await rowCount()) === 0);
  });
});
