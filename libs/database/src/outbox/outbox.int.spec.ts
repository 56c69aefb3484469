import { AppError, sleep } from '@ao/kernel';
import { createTestDatabase, waitFor, type TestDatabase } from '@ao/testing';
import { openDatabase, type Database } from '../database.js';
import { appendOutbox, type OutboxEvent } from './append-outbox.js';
import { claimInbox, pruneInbox } from './inbox.js';
import { OUTBOX_DDL } from './outbox-ddl.js';
import { OutboxRelay, type OutboxRelayOptions } from './outbox-relay.js';
import { pruneOutbox } from './outbox-upkeep.js';

const event = (id: string): OutboxEvent => ({
  id,
  subject: 'evt.wallet.hold.taken.v1',
  payload: `{"id": "${id}"}`,
  occurredAt: '2026-01-02T03:04:05.678Z',
  requestId: `req_${id}`,
});
const range = (from: number, to: number): OutboxEvent[] =>
  Array.from({ length: to - from }, (_, index) => event(`e${from + index}`));

describe('outbox and inbox', () => {
  let server: TestDatabase;
  let database: Database;
  const relays: OutboxRelay[] = [];

  const append = (events: OutboxEvent[]): Promise<void> =>
    database.transaction((client) => appendOutbox(client, events));
  const relay = (
    publish: (event: OutboxEvent) => Promise<void>,
    options: Partial<OutboxRelayOptions> = {},
  ): OutboxRelay => {
    const made = new OutboxRelay({ database, publish, pollMs: 20, ...options });
    relays.push(made);
    made.start();
    return made;
  };

  beforeAll(async () => {
    server = await createTestDatabase();
    database = openDatabase({
      url: server.url,
      schema: 'wallet',
      poolSizeMax: 10,
      connectTimeoutMs: 2_000,
      statementTimeoutMs: 5_000,
    });
    await database.pool.query(`CREATE SCHEMA wallet`);
    await database.pool.query(OUTBOX_DDL);
  });

  afterEach(async () => {
    await Promise.all(relays.splice(0).map((each) => each.stop()));
    await database.pool.query('TRUNCATE outbox, inbox');
  });

  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  it('publishes each event as it was written, in order, once it is committed', async () => {
    const published: OutboxEvent[] = [];
    const running = relay(async (each) => void published.push(each));
    await append(range(0, 50));
    await append(range(50, 100));
    await waitFor(() => published.length === 100);
    expect(published).toEqual(range(0, 100));
    await waitFor(async () => (await running.lag()).waitingCount === 0);
    expect(running.counters()).toEqual({ publishedCount: 100, failedCount: 0, parkedCount: 0 });
  });

  it('publishes nothing of a transaction that was rolled back', async () => {
    const published: string[] = [];
    relay(async (each) => void published.push(each.id));
    const failing = database.transaction(async (client) => {
      await appendOutbox(client, [event('lost')]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await append([event('kept')]);
    await waitFor(() => published.length > 0);
    expect(published).toEqual(['kept']);
  });

  it('is woken by the commit, not by its poll', async () => {
    const published: string[] = [];
    const running = relay(async (each) => void published.push(each.id), { pollMs: 60_000 });
    await waitFor(async () => (await running.lag()).waitingCount === 0);
    await sleep(50);
    await append([event('quick')]);
    await waitFor(() => published.length === 1, { timeoutMs: 1_000 });
  });

  it('finds by its poll what another process left behind', async () => {
    const published: string[] = [];
    relay(async (each) => void published.push(each.id));
    await sleep(50);
    const client = await database.pool.connect();
    await appendOutbox(client, [event('foreign')]);
    client.release();
    await waitFor(() => published.length === 1);
  });

  it('appends an event once when its use case runs twice', async () => {
    await append([event('same')]);
    await append([event('same'), event('other')]);
    expect((await database.pool.query('SELECT id FROM outbox ORDER BY sequence')).rows).toEqual([
      { id: 'same' },
      { id: 'other' },
    ]);
  });

  it('keeps events while the bus is away and publishes them in order when it is back', async () => {
    let away = true;
    const published: string[] = [];
    const running = relay(
      async (each) => {
        if (away) throw new AppError('backend_unavailable', 'bus away');
        published.push(each.id);
      },
      { inFlightMax: 1 },
    );
    await append(range(0, 10));
    await waitFor(() => running.counters().failedCount >= 2);
    const lag = await running.lag();
    expect(lag).toMatchObject({ waitingCount: 10, parkedCount: 0 });
    expect(lag.oldestWaitingMs).toBeGreaterThan(0);
    expect((await database.pool.query("SELECT last_error FROM outbox WHERE id = 'e0'")).rows[0].last_error).toContain(
      'bus away',
    );
    away = false;
    await waitFor(() => published.length === 10);
    expect(published).toEqual(range(0, 10).map(({ id }) => id));
  });

  it('counts a bus that never acknowledges as away', async () => {
    const running = relay(() => new Promise(() => undefined), { publishTimeoutMs: 50 });
    await append([event('stuck')]);
    await waitFor(() => running.counters().failedCount >= 1);
    expect(await running.lag()).toMatchObject({ waitingCount: 1 });
  });

  it('parks an event that can never be published and goes on', async () => {
    const published: string[] = [];
    const running = relay(async (each) => {
      if (each.id === 'e1') throw new AppError('payload_too_large', 'too large');
      published.push(each.id);
    });
    await append(range(0, 3));
    await waitFor(() => published.length === 2);
    await waitFor(async () => (await running.lag()).parkedCount === 1);
    expect(running.counters()).toEqual({ publishedCount: 2, failedCount: 1, parkedCount: 1 });
  });

  it('publishes each event once and in order with three replicas', async () => {
    const published: string[] = [];
    for (let replica = 0; replica < 3; replica += 1)
      relay(async (each) => void published.push(each.id), { batchSizeMax: 7 });
    for (let batch = 0; batch < 20; batch += 1) await append(range(batch * 10, batch * 10 + 10));
    await waitFor(() => published.length >= 200);
    await sleep(100);
    expect(published).toEqual(range(0, 200).map(({ id }) => id));
  });

  it('marks an event later, and does not publish it again, when the database was away in between', async () => {
    const published: string[] = [];
    const running = relay(async (each) => {
      published.push(each.id);
      if (published.length === 1) await database.pool.query('ALTER TABLE outbox RENAME TO outbox_away');
    });
    await append([event('once')]);
    await waitFor(() => published.length === 1);
    await sleep(150);
    await database.pool.query('ALTER TABLE outbox_away RENAME TO outbox');
    await waitFor(() => running.counters().publishedCount === 1);
    expect(published).toEqual(['once']);
    expect(await running.lag()).toMatchObject({ waitingCount: 0 });
  });

  it('goes on after the connection with its lock broke', async () => {
    const published: string[] = [];
    const running = relay(async (each) => {
      published.push(each.id);
      if (published.length > 1) return;
      await database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
    });
    await append(range(0, 2));
    await waitFor(() => running.counters().publishedCount === 2);
    await append([event('after')]);
    await waitFor(() => published.length === 3);
    expect(published).toEqual(['e0', 'e1', 'after']);
  });

  it('takes over from a replica that died with events in its hands', async () => {
    const dying = openDatabase({
      url: server.url,
      schema: 'wallet',
      poolSizeMax: 3,
      connectTimeoutMs: 2_000,
      statementTimeoutMs: 5_000,
    });
    const started: string[] = [];
    const dead = new OutboxRelay({
      database: dying,
      pollMs: 20,
      publish: (each) => new Promise(() => void started.push(each.id)),
    });
    dead.start();
    await append(range(0, 3));
    await waitFor(() => started.length === 3);
    const published: string[] = [];
    relay(async (each) => void published.push(each.id));
    await sleep(100);
    expect(published).toEqual([]);
    await dead.stop();
    await dying.close();
    await waitFor(() => published.length === 3);
    expect(published).toEqual(started);
  });

  it('publishes what is newer while older publications are open, up to its limits', async () => {
    const started: string[] = [];
    const stuck = (each: OutboxEvent): Promise<void> => new Promise(() => void started.push(each.id));
    relay(stuck, { inFlightMax: 30, batchSizeMax: 7, publishTimeoutMs: null });
    await append(range(0, 20));
    await waitFor(() => started.length === 20);
    await append(range(20, 40));
    await waitFor(() => started.length === 30);
    await sleep(100);
    expect(started).toEqual(range(0, 30).map(({ id }) => id));
  });

  it('does not let an event that fails for ever hold up the others', async () => {
    const published: string[] = [];
    const running = relay(async (each) => {
      if (each.id === 'e0') throw new AppError('backend_unavailable', 'its consumer is away');
      published.push(each.id);
    });
    await append(range(0, 500));
    await waitFor(() => published.length === 499);
    await append(range(500, 600));
    await waitFor(() => running.counters().publishedCount === 599);
    await waitFor(() => running.counters().failedCount >= 2);
    expect(published).toHaveLength(599);
    expect(running.counters().failedCount).toBeLessThan(6);
    expect(await running.lag()).toMatchObject({ waitingCount: 1, parkedCount: 0 });
  });

  it('finds events whose transaction commits late behind thousands of open ones', async () => {
    const started = new Set<string>();
    relay((each) => new Promise(() => void started.add(each.id)), { inFlightMax: 10_000, publishTimeoutMs: null });
    const late = await database.pool.connect();
    await late.query('BEGIN');
    await appendOutbox(late, [event('late')]);
    await append(range(0, 3_000));
    await waitFor(() => started.size === 3_000);
    await late.query('COMMIT');
    late.release();
    await waitFor(() => started.has('late'));
  });

  it('[BX-002] publishes again what the bus may have lost, however long it or this service was away, and nothing older', async () => {
    const published: string[] = [];
    const running = relay(async (each) => void published.push(each.id));
    await append(range(0, 4));
    await waitFor(async () => published.length === 4 && (await running.lag()).waitingCount === 0);
    const ages = { e0: '1 hour', e1: '13 minutes', e2: '11 minutes', e3: '10 minutes' };
    for (const [id, age] of Object.entries(ages)) {
      await database.pool.query('UPDATE outbox SET published_at = now() - $2::interval WHERE id = $1', [id, age]);
    }
    // The newest is as old as the start of the outage: what went out two minutes before that is not safe.
    running.publishAgain(120_000, 0);
    await waitFor(async () => published.length === 6 && (await running.lag()).waitingCount === 0);
    expect(published.slice(4)).toEqual(['e2', 'e3']);
    running.publishAgain(120_000, 12 * 60_000);
    await waitFor(() => published.length === 9);
    expect(published.slice(6)).toEqual(['e1', 'e2', 'e3']);
  });

  it('removes what was published long ago and nothing else', async () => {
    await append(range(0, 3));
    await database.pool.query("UPDATE outbox SET published_at = now() - interval '2 hours' WHERE id = 'e0'");
    await database.pool.query("UPDATE outbox SET published_at = now() WHERE id = 'e1'");
    expect(await pruneOutbox(database.pool, 3_600_000)).toBe(1);
    expect((await database.pool.query('SELECT id FROM outbox ORDER BY sequence')).rows).toEqual([
      { id: 'e1' },
      { id: 'e2' },
    ]);
  });

  it('claims each event once per consumer, in the order given', async () => {
    const claim = (consumer: string, ids: string[]): Promise<string[]> =>
      database.transaction((client) => claimInbox(client, consumer, ids));
    expect(await claim('ledger', ['b', 'a', 'b'])).toEqual(['b', 'a']);
    expect(await claim('ledger', ['c', 'a'])).toEqual(['c']);
    expect(await claim('alerts', ['a'])).toEqual(['a']);
    expect(await claim('ledger', [])).toEqual([]);
  });

  it('lets a second delivery claim what the first one rolled back', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = database.transaction(async (client) => {
      await claimInbox(client, 'ledger', ['x']);
      await held;
      throw new Error('handler failed');
    });
    const second = database.transaction((client) => claimInbox(client, 'ledger', ['x']));
    await sleep(50);
    release();
    await expect(first).rejects.toThrow('handler failed');
    expect(await second).toEqual(['x']);
  });

  it('claims overlapping batches from many consumers without a deadlock, each event once', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `e${index}`);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, worker) =>
        database.transaction((client) => claimInbox(client, 'ledger', worker % 2 ? ids : ids.toReversed())),
      ),
    );
    expect(claims.flat().sort()).toEqual([...ids].sort());
  });

  it('forgets claims older than the retention', async () => {
    await database.pool.query(
      "INSERT INTO inbox VALUES ('ledger', 'old', now() - interval '2 hours'), ('ledger', 'new', now())",
    );
    expect(await pruneInbox(database.pool, 3_600_000)).toBe(1);
  });
});
