import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  identityActionPerformedV1,
  listAuditEntriesV1,
  verifyAuditChainV1,
  walletActionPerformedV1,
  type Actor,
} from '@ao/contracts';
import { UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import { runService, type RunningService } from '@ao/runtime';
import { createTestDatabase, type TestDatabase } from '@ao/testing';
import pg from 'pg';
import { governanceService } from './index.js';

const admin: Actor = { orgId: 'org_1', keyId: 'key_1', role: 'admin' };
const action = { ...identityActionPerformedV1.example, metadata: { name: 'ci' } };
const occurredAt = action.occurredAt;

describe('governance', () => {
  const bus = new MemoryBus(silentLogger);
  let database: TestDatabase;
  let service: RunningService;

  beforeAll(async () => {
    database = await createTestDatabase();
    service = await runService(governanceService, {
      bus,
      logger: silentLogger,
      clock: systemClock,
      ids: new UuidV7Generator(),
      secretBox: new SecretBox(Buffer.alloc(32, 1)),
      keyPepper: Buffer.alloc(32, 1),
      dataDirectory: '.',
      environment: {},
      databaseUrl: database.url,
      openWarehouse: () => Promise.reject(new Error('governance needs no warehouse')),
    });
  });

  afterAll(async () => {
    await service.stop();
    await bus.close();
    await database.drop();
  });

  it('[AU-002] writes 500 concurrent actions of several services without gap or fork', async () => {
    const contracts = [identityActionPerformedV1, walletActionPerformedV1];
    const publish = (index: number): Promise<void> =>
      bus.publish(contracts[index % 2]!, { id: `evt_${index}`, occurredAt, payload: action });
    await Promise.all(Array.from({ length: 500 }, (_, index) => publish(index)));
    await Promise.all([publish(1), publish(2)]);
    expect(await bus.request(verifyAuditChainV1, { actor: admin })).toEqual({
      intact: true,
      entries: 500,
      firstBadSequence: null,
    });
  });

  it('lists newest first, by page and filter, for its own organisation alone', async () => {
    const first = await bus.request(listAuditEntriesV1, { actor: admin, limit: 2, action: 'key.create' });
    expect(first.data.map(({ sequence }) => sequence)).toEqual([500, 499]);
    const second = await bus.request(listAuditEntriesV1, { actor: admin, limit: 2, cursor: first.nextCursor! });
    expect(second.data.map(({ sequence }) => sequence)).toEqual([498, 497]);
    expect((await bus.request(listAuditEntriesV1, { actor: { ...admin, orgId: 'org_2' } })).data).toEqual([]);
    await expect(bus.request(listAuditEntriesV1, { actor: { ...admin, role: 'member' } })).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });

  it('[AU-001] refuses to change or remove an entry', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await expect(client.query(`UPDATE governance.audit_entry SET actor_id = 'x'`)).rejects.toThrow('append-only');
    await expect(client.query(`DELETE FROM governance.audit_entry`)).rejects.toThrow('append-only');
    await expect(client.query(`TRUNCATE governance.audit_entry`)).rejects.toThrow('append-only');
    await client.end();
  });

  it('[AU-003] names the first bad sequence when somebody went around the trigger', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`ALTER TABLE governance.audit_entry DISABLE TRIGGER audit_entry_append_only`);
    await client.query(`UPDATE governance.audit_entry SET actor_id = 'intruder' WHERE sequence = 77`);
    await client.end();
    expect(await bus.request(verifyAuditChainV1, { actor: admin })).toEqual({
      intact: false,
      entries: 76,
      firstBadSequence: 77,
    });
  });
});
