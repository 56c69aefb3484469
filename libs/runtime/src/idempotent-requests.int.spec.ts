import { MemoryBus, type Idempotency } from '@ao/bus';
import { SecretBox } from '@ao/config';
import { createTeamV1, type Actor, type ResponseOf } from '@ao/contracts';
import { IDEMPOTENCY_DDL, IdempotencyTable, confirmClaim, openDatabase, type Database } from '@ao/database';
import { AppError, UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import { createTestDatabase, waitFor, type TestDatabase } from '@ao/testing';
import { IdempotentRequests } from './idempotent-requests.js';

type Answer = ResponseOf<typeof createTeamV1>;

const actor: Actor = { orgId: 'org_1', keyId: 'key_1', role: 'admin' };
const SECRET = 'sk-ao-shown-once'; // pragma: allowlist secret
const LEASE_MS = 300;

/** A replica of a service that makes teams: a row each, in a transaction, as the services' stores do. */
class Replica {
  readonly bus = new MemoryBus(silentLogger);
  runs = 0;
  beforeBegin = async (): Promise<void> => undefined;
  beforeCommit = async (): Promise<void> => undefined;
  afterCommit = async (): Promise<void> => undefined;

  constructor(
    private readonly database: Database,
    readonly table: IdempotencyTable,
  ) {}

  async start(): Promise<this> {
    const seal = new SecretBox(Buffer.alloc(32, 1));
    const parts = { table: this.table, seal, ids: new UuidV7Generator(), clock: systemClock, logger: silentLogger };
    const { intercept } = new IdempotentRequests(parts);
    await this.bus.respond(createTeamV1, (request, context) => {
      return intercept(createTeamV1, request, context, () => this.makeTeam(request.name)) as Promise<Answer>;
    });
    return this;
  }

  /** What came back, and whether it was a repetition. */
  async send(
    idempotency?: Idempotency,
    by = actor,
    name = 'Research',
    deadlineMs = 2_000,
  ): Promise<{ answer: Answer; replayed: boolean }> {
    let replayed = false;
    const onReplay = (): void => void (replayed = true);
    const answer = await this.bus.request(
      createTeamV1,
      { actor: by, name },
      { deadlineMs, ...(idempotency && { idempotency, onReplay }) },
    );
    return { answer, replayed };
  }

  private async makeTeam(name: string): Promise<Answer> {
    this.runs += 1;
    await this.beforeBegin();
    const id = new UuidV7Generator().next('team');
    await this.database.transaction(async (client) => {
      await client.query('INSERT INTO team VALUES ($1)', [id]);
      await confirmClaim({
        $executeRawUnsafe: async (statement, ...values) => (await client.query(statement, values)).rowCount ?? 0,
      });
      await this.beforeCommit();
    });
    await this.afterCommit();
    return createTeamV1.response.decode({
      team: { ...createTeamV1.example.response.team, id, name: `${name} ${SECRET}` },
    });
  }
}

describe('requests with an idempotency key', () => {
  let server: TestDatabase;
  let database: Database;
  let one: Replica;
  let two: Replica;
  let key: Idempotency;
  let sequence = 0;

  beforeAll(async () => {
    server = await createTestDatabase();
    const limits = { poolSizeMax: 10, connectTimeoutMs: 2_000, statementTimeoutMs: 5_000 };
    database = openDatabase({ url: server.url, schema: 'identity', ...limits });
    await database.pool.query('CREATE SCHEMA identity');
    await database.pool.query(IDEMPOTENCY_DDL);
    await database.pool.query('CREATE TABLE team (id text PRIMARY KEY)');
  });
  beforeEach(async () => {
    await database.pool.query('TRUNCATE team, idempotency');
    const table = new IdempotencyTable(database.pool, { retentionMs: 86_400_000, leaseMs: LEASE_MS });
    [one, two] = [await new Replica(database, table).start(), await new Replica(database, table).start()];
    key = { key: `k${(sequence += 1)}`, fingerprint: 'f' };
  });
  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  const teams = async (): Promise<number> => (await database.pool.query('SELECT 1 FROM team')).rowCount!;
  const sendOften = (): Promise<{ answer: Answer; replayed: boolean }[]> =>
    Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? one : two).send(key)));

  it('[WL-011] change something once for ten at once on two replicas, and all get the same answer', async () => {
    const answers = await sendOften();
    answers.push(await two.send(key));
    expect(await teams()).toBe(1);
    expect(new Set(answers.map(({ answer }) => answer.team.id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('are refused for another request under the same key, and apart for each key and organisation', async () => {
    await one.send(key);
    const refused = { code: 'conflict', param: 'idempotency-key' };
    await expect(two.send({ ...key, fingerprint: 'g' })).rejects.toMatchObject(refused);
    for (const change of [{ keyId: 'key_2' }, { orgId: 'org_2' }]) await one.send(key, { ...actor, ...change });
    await one.send();
    await one.send();
    expect(await teams()).toBe(5);
  });

  it('keep the answer sealed: a secret in it stands nowhere in the database', async () => {
    const { answer } = await one.send(key);
    expect(answer.team.name).toContain(SECRET);
    const { rows } = await database.pool.query('SELECT * FROM idempotency');
    expect(rows).toMatchObject([{ changed: true, subject: createTeamV1.subject }]);
    expect(JSON.stringify(rows)).not.toContain(SECRET);
    // Nor does one row's answer open as another's.
    await database.pool.query(
      "INSERT INTO idempotency SELECT 'org_2', actor_id, key, subject, fingerprint, holder, changed, reply, claimed_at, lease_ends_at FROM idempotency",
    );
    await expect(one.send(key, { ...actor, orgId: 'org_2' })).rejects.toMatchObject({ code: 'internal_error' });
  });

  it('may be sent again when they were refused, and when they failed before the commit', async () => {
    one.beforeCommit = () => Promise.reject(new AppError('conflict', 'The name is taken.'));
    await expect(one.send(key)).rejects.toMatchObject({ message: 'The name is taken.' });
    one.beforeCommit = () => Promise.reject(new Error('the database went away'));
    await expect(one.send(key)).rejects.toMatchObject({ code: 'internal_error' });
    expect(await two.send(key)).toMatchObject({ replayed: false });
    expect(await teams()).toBe(1);
  });

  it('are refused, and not carried out twice, when they failed after the commit', async () => {
    one.afterCommit = () => Promise.reject(new Error('the answer is lost'));
    await expect(one.send(key)).rejects.toMatchObject({ code: 'internal_error' });
    await expect(two.send(key)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('was carried out'),
    });
    expect(await teams()).toBe(1);
  });

  it('run again once their replica has been silent for a lease, and then cannot commit any more', async () => {
    let wake = (): void => undefined;
    one.beforeBegin = () => new Promise((resolve) => (wake = resolve));
    const frozen = one.send(key);
    await waitFor(() => one.runs === 1);
    const { answer, replayed } = await two.send(key);
    expect([two.runs, replayed]).toEqual([1, false]);
    wake();
    await expect(frozen).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('started anew') });
    expect(await teams()).toBe(1);
    expect((await one.send(key)).answer).toEqual(answer);
  });

  it('wait for the first run no longer than their own deadline allows', async () => {
    const patient = new IdempotencyTable(database.pool, { retentionMs: 86_400_000, leaseMs: 60_000 });
    const slow = await new Replica(database, patient).start();
    let wake = (): void => undefined;
    slow.afterCommit = () => new Promise((resolve) => (wake = resolve));
    const first = slow.send(key, actor, 'Research', 10_000);
    await waitFor(async () => (await teams()) === 1);
    await expect(slow.send(key)).rejects.toMatchObject({ code: 'conflict', retryAfterSeconds: 1 });
    wake();
    expect((await slow.send(key)).answer).toEqual((await first).answer);
  });

  it('are as new after a day', async () => {
    await one.send(key);
    await database.pool.query("UPDATE idempotency SET claimed_at = now() - interval '23 hours 59 minutes'");
    expect(await one.send(key)).toMatchObject({ replayed: true });
    expect(await one.table.prune()).toBe(0);
    await database.pool.query("UPDATE idempotency SET claimed_at = now() - interval '24 hours'");
    expect(await one.send({ ...key, fingerprint: 'g' })).toMatchObject({ replayed: false });
    await database.pool.query("UPDATE idempotency SET claimed_at = now() - interval '24 hours'");
    expect(await one.table.prune()).toBe(1);
  });
});
