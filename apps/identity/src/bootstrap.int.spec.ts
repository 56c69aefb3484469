import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MemoryBus } from '@ao/bus';
import { authenticateKeyV1, bootstrapV1, listKeysV1, type Actor } from '@ao/contracts';
import { silentLogger, sleep } from '@ao/kernel';
import { hashKey, runService, type RunningService } from '@ao/runtime';
import { createTestDatabase, temporaryFolder, waitFor, type TestDatabase } from '@ao/testing';
import { adminKeyOf, loadIdentityConfig } from './config.js';
import { answerWallets, hostOn, pepper } from './identity-host.suite.js';
import { identityService, identityServiceAlone } from './index.js';

const owner: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'owner' };

/** A process of identity in a cluster, on a bus of its own. */
class Replica {
  readonly bus = new MemoryBus(silentLogger);
  private service!: RunningService;

  async start(
    databaseUrl: string,
    adminKey: string | { AO_CONFIG: string },
    definition = identityServiceAlone,
  ): Promise<this> {
    const environment = typeof adminKey === 'string' ? { AO_ADMIN_KEY: adminKey } : adminKey;
    this.service = await runService(definition, hostOn(this.bus, databaseUrl, environment));
    return this;
  }

  async accepts(secret: string): Promise<boolean> {
    return (await this.bus.request(authenticateKeyV1, { keyHash: hashKey(secret, pepper) })).principal !== null;
  }

  async countKeys(): Promise<number> {
    return (await this.bus.request(listKeysV1, { actor: owner, limit: 500 })).data.length;
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.bus.close();
  }
}

describe('the first organisation in a cluster', () => {
  let database: TestDatabase;
  let running: Replica[];

  const start = async (
    adminKey: string | { AO_CONFIG: string },
    definition = identityServiceAlone,
  ): Promise<Replica> => {
    const replica = await new Replica().start(database.url, adminKey, definition);
    running.push(replica);
    return replica;
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((replica) => replica.stop()));
    await database.drop();
  });

  it('[ID-008] is made with AO_ADMIN_KEY without being asked, as soon as the wallet service answers', async () => {
    const replica = await start('operator-chosen-key');
    expect(await replica.accepts('operator-chosen-key')).toBe(false);
    await answerWallets(replica.bus);
    await waitFor(() => replica.accepts('operator-chosen-key'));
    expect(await replica.bus.request(bootstrapV1, {})).toMatchObject({
      organisation: { id: 'org_default', walletId: 'wal_org_default' },
      secret: null,
    });
  });

  it('[ID-008] is made once with one key, however many replicas start', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => start('operator-chosen-key')));
    await Promise.all(replicas.map(({ bus }) => answerWallets(bus)));
    for (const replica of replicas) await waitFor(() => replica.accepts('operator-chosen-key'));
    await Promise.all(replicas.map(({ bus }) => bus.request(bootstrapV1, {})));
    expect(await replicas[0]!.countKeys()).toBe(1);
  });

  it('[BX-008] [ID-008] is made with the master key of a LiteLLM file where AO_ADMIN_KEY is not set', async () => {
    const folder = await temporaryFolder('identity');
    const file = path.join(folder.path, 'config.yaml');
    await writeFile(file, 'general_settings: {master_key: sk-of-the-litellm-file}');
    const replica = await start({ AO_CONFIG: file });
    await answerWallets(replica.bus);
    await waitFor(() => replica.accepts('sk-of-the-litellm-file'));
    const environment = { AO_CONFIG: file, AO_ADMIN_KEY: 'operator-chosen-key' };
    expect(adminKeyOf(loadIdentityConfig(environment), environment)).toBe('operator-chosen-key');
    await folder.remove();
  });

  it('accepts a new AO_ADMIN_KEY beside the old one once, however many replicas start with it', async () => {
    const old = await start('operator-chosen-key');
    await answerWallets(old.bus);
    await waitFor(() => old.accepts('operator-chosen-key'));
    const replicas = await Promise.all([1, 2, 3].map(() => start('another-operator-key')));
    for (const replica of replicas) await waitFor(() => replica.accepts('another-operator-key'));
    expect(await old.accepts('operator-chosen-key')).toBe(true);
    expect(await old.countKeys()).toBe(2);
  });

  it('stops at once while it still waits for the wallet service', async () => {
    const replica = await new Replica().start(database.url, 'operator-chosen-key');
    const startedAtMs = performance.now();
    await replica.stop();
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });

  it('is left to whoever asks for it when every service shares one process', async () => {
    const shared = await start('operator-chosen-key', identityService);
    await answerWallets(shared.bus);
    await sleep(300);
    expect(await shared.accepts('operator-chosen-key')).toBe(false);
  });
});
