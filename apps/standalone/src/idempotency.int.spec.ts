import { MemoryBus, type Bus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  appendUploadV1,
  bootstrapV1,
  cancelBatchV1,
  createAdjustmentV1,
  createBatchV1,
  createChannelV1,
  createDeploymentV1,
  createKeyV1,
  createPriceV1,
  createProviderV1,
  createReratingV1,
  createTeamV1,
  createTopUpV1,
  createWalletV1,
  deleteAliasV1,
  deleteFileV1,
  finishUploadV1,
  setAliasV1,
  startUploadV1,
  submitTaskV1,
  updateWalletV1,
  uploadInvoicesV1,
  type Actor,
  type CallOf,
  type RpcContract,
} from '@ao/contracts';
import { openDatabase, type Database } from '@ao/database';
import { UuidV7Generator, nanoUsd, picoUsd, silentLogger, systemClock } from '@ao/kernel';
import { runService, type RunningService } from '@ao/runtime';
import { createTestDatabase, temporaryFolder, type TemporaryFolder, type TestDatabase } from '@ao/testing';
import { services } from './services.js';

const owner: Actor = { orgId: 'org_default', keyId: 'key_owner', role: 'owner' };
const ENVIRONMENT = {
  AGENTS_POLL_MS: '60000',
  AO_GATEWAY_URL: 'http://127.0.0.1:9',
  AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
  ALLOW_PRIVATE_WEBHOOK_URLS: 'true',
};

/** Every service that keeps something, on one bus and one PostgreSQL. */
describe('the services, asked with an idempotency key', () => {
  const bus = new MemoryBus(silentLogger);
  const running: RunningService[] = [];
  let server: TestDatabase;
  let database: Database;
  let folder: TemporaryFolder;
  let sequence = 0;

  beforeAll(async () => {
    [server, folder] = await Promise.all([createTestDatabase(), temporaryFolder()]);
    const limits = { poolSizeMax: 2, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000 };
    database = openDatabase({ url: server.url, schema: 'public', ...limits });
    for (const service of services.filter(({ migrationsDirectory }) => migrationsDirectory !== undefined)) {
      running.push(await runService(service, hostOn(bus)));
    }
    await bus.request(bootstrapV1, {});
  }, 60_000);
  afterAll(async () => {
    for (const service of running) await service.stop();
    await bus.close();
    await database.close();
    await Promise.all([server.drop(), folder.remove()]);
  });

  const hostOn = (on: Bus) => ({
    bus: on,
    logger: silentLogger,
    clock: systemClock,
    ids: new UuidV7Generator(),
    secretBox: new SecretBox(Buffer.alloc(32, 1)),
    keyPepper: Buffer.alloc(32, 7),
    dataDirectory: folder.path,
    environment: ENVIRONMENT,
    databaseUrl: server.url,
    openWarehouse: () => Promise.reject(new Error('no service of this test needs a warehouse')),
  });
  const actor = owner;
  const make = async <C extends RpcContract>(contract: C, request: CallOf<C>) => bus.request(contract, request);

  const prepaidWallet = async (): Promise<string> =>
    (await make(createWalletV1, { actor, name: 'prepaid', kind: 'prepaid' })).wallet.id;

  const aFile = async (): Promise<string> => {
    const { fileId } = await make(startUploadV1, { actor, filename: 'f.jsonl' });
    const line = { custom_id: 'a', method: 'POST', url: '/v1/embeddings', body: { model: 'm', input: 'i' } };
    const content = Buffer.from(JSON.stringify(line)).toString('base64');
    await make(appendUploadV1, { actor, fileId, position: 0, content });
    return (await make(finishUploadV1, { actor, fileId, purpose: 'batch' })).file.id;
  };
  const aBatchOf = (inputFileId: string) => ({
    inputFileId,
    endpoint: '/v1/embeddings' as const,
    completionWindow: '24h' as const,
    metadata: null,
    sealedKey: null,
  });

  /** A change of each kind, and the relation that it adds a row to, if it does. */
  const changes: [string, RpcContract, () => Promise<object> | object, string | null][] = [
    ['a key', createKeyV1, () => ({ name: 'ci' }), 'identity.api_key'],
    [
      'a key with a budget, which another service keeps',
      createKeyV1,
      () => ({ name: 'cd', modelBudgets: [{ model: 'm', limit: nanoUsd(1n), period: 'day' }] }),
      'wallet.wallet',
    ],
    ['a team', createTeamV1, () => ({ name: `team-${sequence}` }), 'identity.team'],
    ['a wallet', createWalletV1, () => ({ name: 'w', limit: null }), 'wallet.wallet'],
    [
      'a change of a wallet',
      updateWalletV1,
      async () => ({ walletId: (await make(createWalletV1, { actor, name: 'x' })).wallet.id, name: 'y' }),
      null,
    ],
    [
      'a top-up',
      createTopUpV1,
      async () => ({ walletId: await prepaidWallet(), amount: nanoUsd(5n), idempotencyKey: `own-${sequence}` }),
      'wallet.credit',
    ],
    [
      'a correction',
      createAdjustmentV1,
      async () => ({
        walletId: await prepaidWallet(),
        amount: nanoUsd(5n),
        reason: 'r',
        idempotencyKey: `own-${sequence}`,
      }),
      'wallet.adjustment',
    ],
    [
      'a price',
      createPriceV1,
      () => ({ model: 'm', inputPico: picoUsd(1n), outputPico: picoUsd(1n) }),
      'metering.price',
    ],
    [
      'a re-rating',
      createReratingV1,
      () => ({ from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z', reason: 'fixed' }),
      'metering.rerating',
    ],
    [
      'an invoice',
      uploadInvoicesV1,
      () => ({ csv: 'model,amount_usd\nm,1\n', provider: 'p', month: '2026-01' }),
      'metering.provider_invoice',
    ],
    [
      'a provider',
      createProviderV1,
      () => ({ name: `p-${sequence}`, baseUrl: 'http://127.0.0.1:9' }),
      'routing.provider',
    ],
    [
      'a deployment',
      createDeploymentV1,
      async () => {
        const { provider } = await make(createProviderV1, { actor, name: 'd', baseUrl: 'http://127.0.0.1:9' });
        return { modelGroup: 'g', providerId: provider.id, model: 'm' };
      },
      'routing.deployment',
    ],
    ['an alias', setAliasV1, () => ({ alias: 'a', modelGroup: 'g' }), 'routing.model_alias'],
    [
      'the end of an alias',
      deleteAliasV1,
      async () => (await make(setAliasV1, { actor, alias: 'gone', modelGroup: 'g' }), { alias: 'gone' }),
      null,
    ],
    ['a channel', createChannelV1, () => ({ name: 'c', url: 'http://127.0.0.1:9/' }), 'notification.channel'],
    [
      'a file',
      finishUploadV1,
      async () => ({
        fileId: (await make(startUploadV1, { actor, filename: 'f.jsonl' })).fileId,
        purpose: 'batch' as const,
      }),
      null,
    ],
    ['the end of a file', deleteFileV1, async () => ({ fileId: await aFile() }), null],
    ['a batch', createBatchV1, async () => aBatchOf(await aFile()), 'agents.batch'],
    [
      'the end of a batch',
      cancelBatchV1,
      async () => ({ batchId: (await make(createBatchV1, { actor, ...aBatchOf(await aFile()) })).batch.id }),
      null,
    ],
    ['a task', submitTaskV1, () => ({ query: 'q', model: 'm', sealedKey: null }), 'agents.task'],
  ];

  const countOf = async (relation: string | null): Promise<number> =>
    relation === null ? 0 : (await database.pool.query(`SELECT 1 FROM ${relation}`)).rowCount!;

  it.each(changes)(
    '[WL-011] make %s once, note it in the commit, and repeat the answer',
    async (_name, contract, given, relation) => {
      sequence += 1;
      const request = { actor, ...(await given()) } as CallOf<RpcContract>;
      const key = `key-${sequence}`;
      const before = await countOf(relation);
      let replays = 0;
      const send = (fingerprint = 'f'): Promise<unknown> =>
        bus.request(contract, request, { idempotency: { key, fingerprint }, onReplay: () => void (replays += 1) });
      const answers = await Promise.all(Array.from({ length: 5 }, () => send()));
      answers.push(await send());
      expect(new Set(answers.map((answer) => JSON.stringify(answer, text)))).toHaveProperty('size', 1);
      expect(replays).toBe(5);
      expect((await countOf(relation)) - before).toBe(relation === null ? 0 : 1);
      await expect(send('g')).rejects.toMatchObject({ code: 'conflict', param: 'idempotency-key' });
      const { rows } = await database.pool.query(`SELECT * FROM ${contract.owner}.idempotency WHERE key = $1`, [key]);
      expect(rows).toMatchObject([
        { org_id: 'org_default', actor_id: 'key_owner', subject: contract.subject, changed: true },
      ]);
      const { secret } = answers[0] as { secret?: string };
      if (secret !== undefined) expect(JSON.stringify(rows)).not.toContain(secret);
    },
  );

  it('[WL-011] are refused under a key that another kind of request of the service had', async () => {
    const idempotency = { key: 'shared', fingerprint: 'f' };
    await bus.request(createTeamV1, { actor, name: 'shared' }, { idempotency });
    const other = { ...idempotency, fingerprint: 'g' };
    await expect(bus.request(createKeyV1, { actor, name: 'k' }, { idempotency: other })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('leave the key free when nothing was changed', async () => {
    const idempotency = { key: 'refused', fingerprint: 'f' };
    const missing = (): Promise<unknown> => bus.request(deleteAliasV1, { actor, alias: 'late' }, { idempotency });
    await expect(missing()).rejects.toMatchObject({ code: 'not_found' });
    await make(setAliasV1, { actor, alias: 'late', modelGroup: 'g' });
    expect(await missing()).toEqual({ deleted: true });
  });
});

const text = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
