import { jest } from '@jest/globals';
import { StartupError, type AppError, type Logger } from '@ao/kernel';
import type { Bus, EventEnvelope } from '../bus.js';
import { describeBus } from '../bus.suite.js';
import { describeNestService } from '../suite/nest.suite.js';
import { CollectingLogger, each, eventOf, eventually, newContracts, payloadOf } from '../suite/test-tools.suite.js';
import { connectNatsBus, type NatsBus, type NatsBusOptions } from './nats-bus.js';
import { startRefusingServer, TestNatsServer } from './nats-server.suite.js';

jest.setTimeout(30_000);

const names = (count: number, prefix = 'e') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

let server: TestNatsServer;
beforeAll(async () => void (server = await TestNatsServer.start()));
afterAll(() => server.dispose());

const open = (logger: Logger = new CollectingLogger(), options: Partial<NatsBusOptions> = {}): Promise<NatsBus> =>
  connectNatsBus({ url: server.url, name: 'test', logger, ...options });

describeBus('NatsBus', (logger) => open(logger));
describeNestService('NatsBus', (logger) => open(logger));

describe('NatsBus between processes', () => {
  const buses: Bus[] = [];
  const connect = async (logger?: Logger, options?: Partial<NatsBusOptions>): Promise<NatsBus> => {
    const bus = await open(logger, options);
    buses.push(bus);
    return bus;
  };
  afterEach(() => Promise.all(buses.splice(0).map((bus) => bus.close())));

  it('shares requests between the replicas of an owner, each answered once', async () => {
    const { rpc } = newContracts();
    const served = { left: 0, right: 0 };
    const [left, right, caller] = [await connect(), await connect(), await connect()];
    await left.respond(rpc, (request) => ((served.left += 1), request));
    await right.respond(rpc, (request) => ((served.right += 1), request));
    await Promise.all(names(200).map((id) => caller.request(rpc, payloadOf(id))));
    expect(served.left + served.right).toBe(200);
    expect(Math.min(served.left, served.right)).toBeGreaterThan(20);
  });

  it('refuses what goes beyond the running requests it can bear, saying so', async () => {
    const { rpc } = newContracts();
    const [owner, caller] = [await connect(), await connect()];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await owner.respond(rpc, async (request) => (await gate, request));
    const asked = names(1_030).map((id) => caller.request(rpc, payloadOf(id), { deadlineMs: 20_000 }));
    const overloaded = await Promise.any(
      asked.map((answer) =>
        answer.then(
          () => Promise.reject(),
          (e: AppError) => e,
        ),
      ),
    );
    expect(overloaded).toMatchObject({ code: 'capacity_exceeded', retryable: true, retryAfterSeconds: 1 });
    release();
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1_024);
  });

  it('names the limit for a question, an answer or an event that is too large', async () => {
    const contracts = newContracts();
    const [owner, caller] = [await connect(), await connect()];
    const huge = 'x'.repeat(1_100_000);
    await owner.respond(contracts.rpc, (request) => ({ ...request, id: huge }));
    const tooLarge = { code: 'payload_too_large', message: expect.stringContaining('1048576') };
    await expect(caller.request(contracts.rpc, payloadOf(huge))).rejects.toMatchObject(tooLarge);
    await expect(caller.request(contracts.rpc, payloadOf('a'))).rejects.toMatchObject(tooLarge);
    await expect(caller.publish(contracts.event, { ...eventOf('a'), payload: payloadOf(huge) })).rejects.toMatchObject(
      tooLarge,
    );
  });

  it('names the limit for a snapshot that is too large even compressed', async () => {
    const { snapshot } = newContracts();
    const bus = await connect();
    const text = Array.from({ length: 200_000 }, () => Math.random().toString(36)).join('');
    const refused = bus.putSnapshot(snapshot, { version: 1, text });
    await expect(refused).rejects.toMatchObject({
      code: 'payload_too_large',
      message: expect.stringContaining('max_payload'),
    });
  });

  it('shares events between the replicas of one name, each handled once', async () => {
    const contracts = newContracts();
    const seen = { left: new Array<string>(), right: new Array<string>() };
    const delivery = { kind: 'durable', name: 'reader' } as const;
    for (const replica of [seen.left, seen.right]) {
      const bus = await connect();
      await bus.subscribe(
        contracts.event,
        delivery,
        each(async ({ id }) => {
          await new Promise((resolve) => setTimeout(resolve, 2));
          replica.push(id);
        }),
      );
    }
    const publisher = await connect();
    await Promise.all(names(200).map((id) => publisher.publish(contracts.event, eventOf(id))));
    await eventually(() => expect(Object.values(seen).flat()).toHaveLength(200));
    expect(Object.values(seen).flat().toSorted()).toEqual(names(200).toSorted());
    expect(Math.min(...Object.values(seen).map(({ length }) => length))).toBeGreaterThan(10);
  });

  it('keeps events for a durable subscriber that is away, and for one that never was there yet', async () => {
    const contracts = newContracts();
    const seen: string[] = [];
    const delivery = { kind: 'durable', name: 'reader' } as const;
    const collect = (events: EventEnvelope[]): void => void seen.push(...events.map(({ id }) => id));
    const publisher = await connect();
    await publisher.publish(contracts.event, eventOf('before'));
    const reader = await connect();
    await reader.subscribe(contracts.event, delivery, collect);
    await eventually(() => expect(seen).toEqual(['before']));
    await reader.close();
    await publisher.publish(contracts.event, eventOf('while away'));
    await (await connect()).subscribe(contracts.event, delivery, collect);
    await eventually(() => expect(seen).toEqual(['before', 'while away']));
  });

  it('gives what a stopping replica had fetched and not begun to the others at once', async () => {
    const contracts = newContracts();
    const delivery = { kind: 'durable', name: 'reader' } as const;
    const [slow, publisher] = [await connect(), await connect()];
    const seen: string[] = [];
    let begun = false;
    await slow.subscribe(
      contracts.event,
      delivery,
      each(async ({ id }) => {
        begun = true;
        await new Promise((resolve) => setTimeout(resolve, 300));
        seen.push(id);
      }),
    );
    await Promise.all(names(10).map((id) => publisher.publish(contracts.event, eventOf(id))));
    await eventually(() => expect(begun).toBe(true));
    await slow.close();
    const other = await connect();
    await other.subscribe(
      contracts.event,
      delivery,
      each(({ id }) => void seen.push(id)),
    );
    await eventually(() => expect(seen.toSorted()).toEqual(names(10).toSorted()), 3_000);
  });

  it('handles an event once when its id is published again within the window', async () => {
    const contracts = newContracts();
    const seen: string[] = [];
    const bus = await connect();
    await bus.subscribe(
      contracts.event,
      { kind: 'durable', name: 'reader' },
      each(({ id }) => void seen.push(id)),
    );
    await bus.publish(contracts.event, eventOf('a'));
    await bus.publish(contracts.event, eventOf('a'));
    await bus.publish(contracts.event, eventOf('b'));
    await eventually(() => expect(seen).toEqual(['a', 'b']));
  });

  it('sends a broadcast to every process, and only what is new', async () => {
    const contracts = newContracts();
    const seen = { left: new Array<string>(), right: new Array<string>() };
    const publisher = await connect();
    await publisher.publish(contracts.event, eventOf('old'));
    for (const process of [seen.left, seen.right]) {
      const bus = await connect();
      await bus.subscribe(
        contracts.event,
        { kind: 'broadcast' },
        each(({ id }) => void process.push(id)),
      );
    }
    await publisher.publish(contracts.event, eventOf('new'));
    await eventually(() => expect(seen).toEqual({ left: ['new'], right: ['new'] }));
  });

  it('lets many processes make the same stream, consumer and bucket at once', async () => {
    const fresh = await TestNatsServer.start();
    const contracts = newContracts();
    const seen: string[] = [];
    const versions: number[] = [];
    const replicas = await Promise.all(names(6).map(() => open(undefined, { url: fresh.url })));
    await Promise.all(
      replicas.map(async (bus, index) => {
        await bus.subscribe(
          contracts.event,
          { kind: 'durable', name: 'reader' },
          each(({ id }) => void seen.push(id)),
        );
        await bus.watchSnapshot(contracts.snapshot, ({ version }) => void versions.push(version));
        await bus.publish(contracts.event, eventOf(`e${index}`));
      }),
    );
    await replicas.at(-1)?.putSnapshot(contracts.snapshot, { version: 1, text: '' });
    await eventually(() => expect(seen.toSorted()).toEqual(names(6)));
    await eventually(() => expect(versions).toEqual([1, 1, 1, 1, 1, 1]));
    await Promise.all(replicas.map((bus) => bus.close()));
    await fresh.dispose();
  });

  it('brings a stream up to date when its limits were configured anew, and says when there is no room', async () => {
    const fresh = await TestNatsServer.start();
    const contracts = newContracts();
    for (const streamBytesMax of [10_000_000, 20_000_000]) {
      const bus = await open(undefined, { url: fresh.url, streamBytesMax });
      await bus.publish(contracts.event, eventOf(`e${streamBytesMax}`));
      await bus.close();
    }
    const greedy = await open(undefined, { url: fresh.url, streamBytesMax: 10_000_000_000_000 });
    const refused = greedy.publish({ ...contracts.event, subject: 'evt.agents.a.b.v1' }, eventOf('a'));
    await expect(refused).rejects.toMatchObject({
      code: 'not_configured',
      message: expect.stringContaining('10000000000000'),
    });
    await greedy.close();
    await fresh.dispose();
  });

  it('keeps what a long handler works on from being given to another replica', async () => {
    const contracts = newContracts();
    let handled = 0;
    const delivery = { kind: 'durable', name: 'reader' } as const;
    const [left, right, publisher] = [await connect(), await connect(), await connect()];
    const slowly = async (): Promise<void> => {
      handled += 1;
      await new Promise((resolve) => setTimeout(resolve, 17_000));
    };
    await left.subscribe(contracts.event, delivery, slowly);
    await right.subscribe(contracts.event, delivery, slowly);
    await publisher.publish(contracts.event, eventOf('long'));
    await new Promise((resolve) => setTimeout(resolve, 18_000));
    expect(handled).toBe(1);
  });
});

describe('connectNatsBus', () => {
  const connectTo = (url: string): Promise<unknown> => open(undefined, { url }).then((bus) => bus.close());

  it('says which setting to change when nobody listens there, without the password', async () => {
    const failure = await connectTo('nats://user:hunter2@127.0.0.1:1').catch((error: Error) => error);
    expect(failure).toBeInstanceOf(StartupError);
    const { message } = failure as Error;
    expect(message).toBe('NATS does not answer at nats://127.0.0.1:1. Start it, or set NATS_URL to where it runs.');
  });

  it('refuses what is no NATS URL without repeating it', async () => {
    await expect(connectTo('http://hunter2@host')).rejects.toThrow(/^NATS_URL must look like nats:/);
  });

  it('logs in with what the URL holds, and says when the server refuses it', async () => {
    const refusing = await startRefusingServer();
    for (const login of ['ao:p%40ss', 's3cret']) {
      await expect(connectTo(`nats://${login}@${refusing.address}`)).rejects.toThrow(
        `NATS at nats://${refusing.address} refused the login. Correct the user and password in NATS_URL.`,
      );
    }
    expect(refusing.logins).toEqual([{ user: 'ao', pass: 'p@ss' }, { auth_token: 's3cret' }]);
    await refusing.stop();
  });
});
