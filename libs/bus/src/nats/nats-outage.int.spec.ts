import { jest } from '@jest/globals';
import type { Bus } from '../bus.js';
import {
  CollectingLogger,
  each,
  elapsedMs,
  eventOf,
  eventually,
  newContracts,
  payloadOf,
} from '../suite/test-tools.suite.js';
import { connectNatsBus, type NatsBus } from './nats-bus.js';
import { TestNatsServer, TestNetwork } from './nats-server.suite.js';

jest.setTimeout(60_000);

/** What was in a handler when the server died comes back after the acknowledge wait of 15 s. */
const REDELIVERY_MS_MAX = 25_000;
const names = (count: number, prefix = 'e') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('NatsBus when the server goes and comes back', () => {
  let own: TestNatsServer;
  let logger: CollectingLogger;
  let service: NatsBus;
  let caller: NatsBus;
  const buses: NatsBus[] = [];
  const open = async (log: CollectingLogger, url = own.url): Promise<NatsBus> => {
    const bus = await connectNatsBus({ url, name: 'test', logger: log });
    buses.push(bus);
    return bus;
  };

  beforeEach(async () => {
    own = await TestNatsServer.start();
    logger = new CollectingLogger();
    service = await open(logger);
    caller = await open(new CollectingLogger());
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await own.dispose();
  });

  const isDown = (bus: Bus): Promise<void> =>
    eventually(() => expect(bus.checkHealth()).rejects.toMatchObject({ code: 'backend_unavailable' }));
  const isUp = (bus: Bus): Promise<void> => eventually(() => bus.checkHealth());

  it('[PF-001] refuses at once while it is away and answers again afterwards', async () => {
    const { rpc } = newContracts();
    await service.respond(rpc, (request) => request);
    await own.kill();
    await isDown(caller);
    const tookMs = await elapsedMs(() =>
      expect(caller.request(rpc, payloadOf('a'))).rejects.toMatchObject({ code: 'backend_unavailable' }),
    );
    expect(tookMs).toBeLessThan(500);
    await own.startAgain();
    await eventually(async () => expect(await caller.request(rpc, payloadOf('a'))).toEqual(payloadOf('a')));
  });

  it('[BX-002] loses no acknowledged event, takes the refused ones later, and goes on delivering', async () => {
    const contracts = newContracts();
    const seen = new Set<string>();
    const delivery = { kind: 'durable', name: 'reader', batchSizeMax: 20, batchWaitMs: 10 } as const;
    let broken = true;
    await service.subscribe(contracts.event, delivery, (events) => {
      if (broken) throw new Error('database away');
      for (const { id } of events) seen.add(id);
    });
    await Promise.all(names(100, 'early').map((id) => caller.publish(contracts.event, eventOf(id))));
    // The server writes to its file a moment after it acknowledges; killed before, it may forget the last ones.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await own.kill();
    await isDown(caller);
    await expect(caller.publish(contracts.event, eventOf('refused'))).rejects.toMatchObject({
      code: 'backend_unavailable',
    });
    await own.startAgain();
    broken = false;
    await isUp(caller);
    await caller.publish(contracts.event, eventOf('refused'));
    const all = [...names(100, 'early'), 'refused'];
    await eventually(() => expect([...seen].toSorted()).toEqual(all.toSorted()), REDELIVERY_MS_MAX);
    await caller.publish(contracts.event, eventOf('after'));
    await eventually(() => expect(seen.has('after')).toBe(true));
  });

  it('[BX-002] tells of a server that is another process than before, and for how long there was none', async () => {
    const awayMs: number[] = [];
    const stop = caller.onServerChanged((ms) => void awayMs.push(ms));
    await own.kill();
    await isDown(caller);
    await own.startAgain();
    await eventually(() => expect(awayMs).toHaveLength(1));
    expect(awayMs[0]).toBeGreaterThan(0);
    stop();
    await own.kill();
    await isDown(caller);
    await own.startAgain();
    await isUp(caller);
    expect(awayMs).toHaveLength(1);
  });

  it('misses no broadcast and no snapshot that came in the meantime', async () => {
    const contracts = newContracts();
    const seen: string[] = [];
    const versions: number[] = [];
    await service.subscribe(
      contracts.event,
      { kind: 'broadcast' },
      each(({ id }) => void seen.push(id)),
    );
    await service.watchSnapshot(contracts.snapshot, ({ version }) => void versions.push(version));
    await caller.publish(contracts.event, eventOf('one'));
    await caller.putSnapshot(contracts.snapshot, { version: 1, text: '' });
    await eventually(() => expect([seen, versions]).toEqual([['one'], [1]]));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await own.kill();
    await isDown(caller);
    await own.startAgain();
    await isUp(caller);
    await caller.publish(contracts.event, eventOf('two'));
    await caller.putSnapshot(contracts.snapshot, { version: 2, text: '' });
    await eventually(
      () =>
        expect([seen, versions]).toEqual([
          ['one', 'two'],
          [1, 2],
        ]),
      15_000,
    );
  });

  it('brings a process all that it missed while its own link was cut', async () => {
    const contracts = newContracts();
    const network = await TestNetwork.before(own);
    const cutOff = await open(new CollectingLogger(), network.url);
    const seen: string[] = [];
    const versions: number[] = [];
    const note = (prefix: string) => each(({ id }: { id: string }) => void seen.push(`${prefix} ${id}`));
    await cutOff.subscribe(contracts.event, { kind: 'broadcast' }, note('all:'));
    await cutOff.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, note('one:'));
    await cutOff.watchSnapshot(contracts.snapshot, ({ version }) => void versions.push(version));
    await network.cut();
    await isDown(cutOff);
    await caller.publish(contracts.event, eventOf('missed'));
    await caller.putSnapshot(contracts.snapshot, { version: 1, text: '' });
    await network.mend();
    const all = ['all: missed', 'one: missed'];
    await eventually(() => expect([seen.toSorted(), versions]).toEqual([all, [1]]), 10_000);
    await network.cut();
  });

  it('starts over when the server comes back with an empty disk', async () => {
    const contracts = newContracts();
    const seen = new Set<string>();
    const versions: number[] = [];
    await service.subscribe(
      contracts.event,
      { kind: 'durable', name: 'reader' },
      each(({ id }) => void seen.add(id)),
    );
    await service.subscribe(
      contracts.event,
      { kind: 'broadcast' },
      each(({ id }) => void seen.add(`${id}, to all`)),
    );
    await service.watchSnapshot(contracts.snapshot, ({ version }) => void versions.push(version));
    await Promise.all(names(10).map((id) => caller.publish(contracts.event, eventOf(id))));
    await caller.putSnapshot(contracts.snapshot, { version: 1, text: '' });
    await eventually(() => expect([seen.size, versions.length]).toEqual([20, 1]));
    await own.kill();
    await isDown(caller);
    await own.startEmpty();
    await isUp(caller);
    await eventually(() => caller.putSnapshot(contracts.snapshot, { version: 2, text: '' }));
    await caller.publish(contracts.event, eventOf('new'));
    await eventually(() => expect([...seen]).toEqual(expect.arrayContaining(['new', 'new, to all'])), 20_000);
    await eventually(() => expect(versions).toEqual([1, 2]), 15_000);
  });

  it('leaves no socket open once it is closed', async () => {
    const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = sockets();
    const contracts = newContracts();
    const bus = await open(logger);
    await bus.respond(contracts.rpc, (request) => request);
    await bus.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, () => undefined);
    await bus.subscribe(contracts.event, { kind: 'broadcast' }, () => undefined);
    await bus.watchSnapshot(contracts.snapshot, () => undefined);
    expect(sockets()).toBe(before + 1);
    await bus.close();
    await eventually(() => expect(sockets()).toBe(before));
  });

  it('closes quickly while the server is away', async () => {
    const contracts = newContracts();
    await service.respond(contracts.rpc, (request) => request);
    await service.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, () => undefined);
    await service.subscribe(contracts.event, { kind: 'broadcast' }, () => undefined);
    await service.watchSnapshot(contracts.snapshot, () => undefined);
    await own.kill();
    await isDown(service);
    expect(await elapsedMs(() => service.close())).toBeLessThan(2_000);
  });
});
