import { AppError, nanoUsd } from '@ao/kernel';
import type { Bus, EventEnvelope } from './bus.js';
import { CollectingLogger, each, elapsedMs, eventually, newContracts } from './test-tools.suite.js';

const occurredAt = '2026-01-02T03:04:05Z';
const one = (id: string, cost = 1n) => ({ id, costNanoUsd: nanoUsd(cost) });
const event = (id: string, cost = 1n) => ({ id, occurredAt, payload: one(id, cost) });
const refusal = () =>
  new AppError('wallet_exhausted', 'Top up the wallet.', {
    param: 'wallet_id',
    details: { shortfall_usd: '0.5' },
    retryAfterSeconds: 7,
    internal: 'not for outside',
  });
const error = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => Promise.reject(new Error('it resolved')),
    (cause: AppError) => cause,
  );

/**
 * What every `Bus` keeps, whatever carries its messages.
 *
 * @param openBus a bus as one process has it; the suite closes what it opens
 */
export function describeBus(name: string, openBus: (logger: CollectingLogger) => Promise<Bus>): void {
  describe(`${name} as a Bus`, () => {
    let bus: Bus;
    let logger: CollectingLogger;

    beforeEach(async () => {
      logger = new CollectingLogger();
      bus = await openBus(logger);
    });
    afterEach(() => bus.close());

    describe('requests', () => {
      it('carries a question and its answer, money as exact as it was', async () => {
        const { rpc } = newContracts();
        await bus.respond(rpc, ({ id, costNanoUsd }) => ({ id, costNanoUsd: nanoUsd(costNanoUsd * 3n) }));
        const huge = 123_456_789_012_345_678_901n;
        expect(await bus.request(rpc, one('a', huge))).toEqual(one('a', huge * 3n));
      });

      it('[GW-013] tells the handler the id of the request that caused the question', async () => {
        const { rpc } = newContracts();
        const seen: unknown[] = [];
        await bus.respond(rpc, (request, context) => (seen.push(context), request));
        await bus.request(rpc, one('a'), { requestId: 'req_7' });
        await bus.request(rpc, one('a'));
        expect(seen).toEqual([
          { subject: rpc.subject, requestId: 'req_7', deliveries: 1 },
          { subject: rpc.subject, requestId: undefined, deliveries: 1 },
        ]);
      });

      it('brings a refusal across as the same AppError, without its internal text', async () => {
        const { rpc } = newContracts();
        await bus.respond(rpc, () => Promise.reject(refusal()));
        expect(await error(bus.request(rpc, one('a')))).toMatchObject({
          name: 'AppError',
          code: 'wallet_exhausted',
          message: 'Top up the wallet.',
          param: 'wallet_id',
          details: { shortfall_usd: '0.5' },
          retryAfterSeconds: 7,
          internal: `refused by ${rpc.subject}`,
        });
        expect(logger.errors).toEqual([]);
      });

      it('answers a fault of the handler with internal_error, logs it and shows nothing of it', async () => {
        const { rpc } = newContracts();
        await bus.respond(rpc, () => Promise.reject(new Error('password is hunter2')));
        const fault = await error(bus.request(rpc, one('a')));
        expect(fault.code).toBe('internal_error');
        expect(JSON.stringify([fault, fault.message, fault.internal])).not.toContain('hunter2');
        expect(logger.errors.map(({ message }) => message)).toEqual(['request handler failed']);
      });

      it('[PF-001] gives backend_unavailable at once when the owner is away', async () => {
        const { rpc } = newContracts();
        const tookMs = await elapsedMs(async () => {
          expect(await error(bus.request(rpc, one('a')))).toMatchObject({ code: 'backend_unavailable', status: 503 });
        });
        expect(tookMs).toBeLessThan(rpc.deadlineMs / 2);
      });

      it('[PF-001] gives backend_unavailable within the deadline when the owner hangs', async () => {
        const { rpc } = newContracts();
        let release = (): void => undefined;
        const hung = new Promise<void>((resolve) => (release = resolve));
        await bus.respond(rpc, async (request) => (await hung, request));
        const tookMs = await elapsedMs(async () => {
          const late = await error(bus.request(rpc, one('a'), { deadlineMs: 100 }));
          expect(late.code).toBe('backend_unavailable');
        });
        expect(tookMs).toBeGreaterThanOrEqual(90);
        expect(tookMs).toBeLessThan(1_000);
        release();
      });

      it('refuses a malformed question before it is sent, naming the field', async () => {
        const { rpc } = newContracts();
        let calls = 0;
        await bus.respond(rpc, (request) => ((calls += 1), request));
        const refused = await error(bus.request(rpc, { id: '', costNanoUsd: nanoUsd(1n) }));
        expect(refused).toMatchObject({ code: 'invalid_parameter', param: 'id' });
        expect(calls).toBe(0);
      });

      it('blames the owner, not the caller, for an answer that breaks the contract', async () => {
        const { rpc } = newContracts();
        await bus.respond(rpc, () => one(''));
        expect((await error(bus.request(rpc, one('a')))).code).toBe('internal_error');
        expect(logger.errors).toHaveLength(1);
      });

      it('answers many questions at once, each with its own answer', async () => {
        const { rpc } = newContracts();
        await bus.respond(rpc, async (request) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
          return request;
        });
        const asked = Array.from({ length: 300 }, (_, index) => one(`q${index}`, BigInt(index)));
        expect(await Promise.all(asked.map((request) => bus.request(rpc, request)))).toEqual(asked);
      });

      it('counts a responder that stopped as away, and lets another take its place', async () => {
        const { rpc } = newContracts();
        const first = await bus.respond(rpc, () => one('first'));
        await expect(bus.respond(rpc, () => one('twice'))).rejects.toThrow('has a responder already');
        await first.stop();
        expect((await error(bus.request(rpc, one('a')))).code).toBe('backend_unavailable');
        await bus.respond(rpc, () => one('second'));
        expect(await bus.request(rpc, one('a'))).toEqual(one('second'));
      });
    });

    describe('events', () => {
      it('brings an event whole: id, time, cause and exact money', async () => {
        const contracts = newContracts();
        const seen: EventEnvelope[] = [];
        await bus.subscribe(
          contracts.event,
          { kind: 'durable', name: 'reader' },
          (events) => void seen.push(...events),
        );
        const sent = { ...event('evt "1"\n', 98_765_432_109_876_543_210n), requestId: 'req_1' };
        await bus.publish(contracts.event, sent);
        await eventually(() => expect(seen).toEqual([{ ...sent, subject: contracts.event.subject }]));
      });

      it('carries what an outbox kept encoded', async () => {
        const contracts = newContracts();
        const seen: EventEnvelope[] = [];
        await bus.subscribe(
          contracts.event,
          { kind: 'durable', name: 'reader' },
          (events) => void seen.push(...events),
        );
        const { subject } = contracts.event;
        await bus.publishEncoded({ id: 'e1', subject, occurredAt, payload: '{"id":"e1","costNanoUsd":"5"}' });
        await eventually(() => expect(seen).toEqual([{ ...event('e1', 5n), subject }]));
      });

      it('tries a failed event again until it succeeds, without holding up those behind it', async () => {
        const contracts = newContracts();
        const attempts: string[] = [];
        await bus.subscribe(
          contracts.event,
          { kind: 'durable', name: 'reader' },
          each(({ id }) => {
            attempts.push(id);
            if (id === 'bad' && attempts.filter((attempt) => attempt === 'bad').length < 4) throw new Error('not yet');
          }),
        );
        const published = Promise.all([
          bus.publish(contracts.event, event('bad')),
          bus.publish(contracts.event, event('good')),
        ]);
        await eventually(() => expect(attempts.filter((id) => id === 'bad')).toHaveLength(4));
        await published;
        expect(attempts.indexOf('good')).toBeLessThan(attempts.lastIndexOf('bad'));
        expect(attempts.filter((id) => id === 'good')).toHaveLength(1);
        expect(logger.errors).toEqual([]);
      });

      it('sets aside what the handler refuses for good, logs it and goes on', async () => {
        const contracts = newContracts();
        const attempts: string[] = [];
        await bus.subscribe(
          contracts.event,
          { kind: 'durable', name: 'reader' },
          each(({ id }) => {
            attempts.push(id);
            if (id === 'poison') throw new AppError('not_found', 'No such wallet.');
          }),
        );
        await bus.publish(contracts.event, event('poison'));
        await bus.publish(contracts.event, event('next'));
        await eventually(() => expect(attempts).toEqual(['poison', 'next']));
        await eventually(() => expect(logger.errors).toHaveLength(1));
        expect(logger.errors).toEqual([
          expect.objectContaining({ message: 'an event can never be handled and was set aside' }),
        ]);
      });

      it('sets aside what breaks its contract; the rest of the batch is not disturbed', async () => {
        const contracts = newContracts();
        const { subject } = contracts.event;
        const batches: string[][] = [];
        const delivery = { kind: 'durable', name: 'reader', batchSizeMax: 10, batchWaitMs: 100 } as const;
        await bus.subscribe(contracts.event, delivery, (events) => void batches.push(events.map(({ id }) => id)));
        await Promise.all([
          bus.publish(contracts.event, event('a')),
          bus.publishEncoded({ id: 'wrong', subject, occurredAt, payload: '{"id":7}' }),
          bus.publishEncoded({ id: 'garbage', subject, occurredAt, payload: '{"id":' }),
          bus.publish(contracts.event, event('b')),
        ]);
        await eventually(() => expect(batches.flat().toSorted()).toEqual(['a', 'b']));
        await eventually(() => expect(logger.errors).toHaveLength(2));
      });

      it('hands over up to batchSizeMax events at once and waits batchWaitMs for more', async () => {
        const contracts = newContracts();
        const batches: string[][] = [];
        const delivery = { kind: 'durable', name: 'reader', batchSizeMax: 50, batchWaitMs: 200 } as const;
        await bus.subscribe(contracts.event, delivery, (events) => void batches.push(events.map(({ id }) => id)));
        const ids = Array.from({ length: 120 }, (_, index) => `e${index}`);
        await Promise.all(ids.map((id) => bus.publish(contracts.event, event(id))));
        await eventually(() => expect(batches.flat().toSorted()).toEqual(ids.toSorted()));
        expect(Math.max(...batches.map(({ length }) => length))).toBe(50);
        expect(batches.length).toBeLessThanOrEqual(5);
      });

      it('takes a failed batch one by one, so that only the culprit is set aside', async () => {
        const contracts = newContracts();
        const handled: string[] = [];
        const delivery = { kind: 'durable', name: 'reader', batchSizeMax: 20, batchWaitMs: 100 } as const;
        await bus.subscribe(contracts.event, delivery, (events) => {
          if (events.some(({ id }) => id === 'poison')) throw new AppError('invalid_parameter', 'No.');
          handled.push(...events.map(({ id }) => id));
        });
        const ids = ['a', 'b', 'poison', 'c', 'd'];
        await Promise.all(ids.map((id) => bus.publish(contracts.event, event(id))));
        await eventually(() => expect(handled.toSorted()).toEqual(['a', 'b', 'c', 'd']));
        await eventually(() => expect(logger.errors).toHaveLength(1));
      });

      it('gives every durable subscription each event, and every broadcast subscriber too', async () => {
        const contracts = newContracts();
        const none = (): string[] => [];
        const seen = { first: none(), second: none(), left: none(), right: none() };
        const collect = (list: string[]) => each(({ id }: EventEnvelope) => void list.push(id));
        await bus.subscribe(contracts.event, { kind: 'durable', name: 'first' }, collect(seen.first));
        await bus.subscribe(contracts.event, { kind: 'durable', name: 'second' }, collect(seen.second));
        await bus.subscribe(contracts.event, { kind: 'broadcast' }, collect(seen.left));
        await bus.subscribe(contracts.event, { kind: 'broadcast' }, collect(seen.right));
        await bus.publish(contracts.event, event('a'));
        await bus.publish(contracts.event, event('b'));
        const both = ['a', 'b'];
        await eventually(() => expect(seen).toEqual({ first: both, second: both, left: both, right: both }));
      });

      it('does not try a broadcast again: what its handler fails on is logged and passed over', async () => {
        const contracts = newContracts();
        const seen: string[] = [];
        await bus.subscribe(
          contracts.event,
          { kind: 'broadcast' },
          each(({ id }) => {
            seen.push(id);
            if (id === 'bad') throw new Error('cannot');
          }),
        );
        await bus.publish(contracts.event, event('bad'));
        await bus.publish(contracts.event, event('good'));
        await eventually(() => expect(seen).toEqual(['bad', 'good']));
        expect(logger.errors).toHaveLength(1);
      });

      it('delivers nothing to a subscription that was stopped', async () => {
        const contracts = newContracts();
        const seen: string[] = [];
        const stopped = await bus.subscribe(contracts.event, { kind: 'broadcast' }, () => void seen.push('stopped'));
        await bus.subscribe(contracts.event, { kind: 'broadcast' }, () => void seen.push('going'));
        await stopped.stop();
        await bus.publish(contracts.event, event('a'));
        await eventually(() => expect(seen).toEqual(['going']));
      });

      it('refuses to publish what breaks the contract', async () => {
        const contracts = newContracts();
        const refused = await error(bus.publish(contracts.event, { ...event('a'), payload: one('') }));
        expect(refused).toMatchObject({ code: 'invalid_parameter', param: 'id' });
      });
    });

    describe('snapshots', () => {
      it('gives a late watcher the present value, then each later one', async () => {
        const { snapshot } = newContracts();
        const seen: number[] = [];
        await bus.putSnapshot(snapshot, { version: 1, text: '' });
        await bus.putSnapshot(snapshot, { version: 2, text: '' });
        await bus.watchSnapshot(snapshot, ({ version }) => void seen.push(version));
        expect(seen).toEqual([2]);
        await bus.putSnapshot(snapshot, { version: 3, text: '' });
        await eventually(() => expect(seen).toEqual([2, 3]));
      });

      it('lets the watcher come before the first value, and the last of many writes win', async () => {
        const { snapshot } = newContracts();
        const seen: number[] = [];
        await bus.watchSnapshot(snapshot, ({ version }) => void seen.push(version));
        expect(seen).toEqual([]);
        const versions = Array.from({ length: 20 }, (_, index) => index + 1);
        await Promise.all(versions.map((version) => bus.putSnapshot(snapshot, { version, text: 'x'.repeat(version) })));
        await eventually(() => expect(seen.at(-1)).toBe(20));
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      });

      it('carries a value of several megabytes', async () => {
        const { snapshot } = newContracts();
        const text = Array.from(
          { length: 60_000 },
          (_, index) => `{"model":"provider/model-${index}","usd":"0.15"}`,
        ).join();
        const seen: number[] = [];
        await bus.watchSnapshot(snapshot, (value) => void seen.push(value.text.length));
        await bus.putSnapshot(snapshot, { version: 1, text });
        await eventually(() => expect(seen).toEqual([text.length]));
        expect(text.length).toBeGreaterThan(2_500_000);
      });

      it('refuses a value that breaks the contract and keeps the last good one', async () => {
        const { snapshot } = newContracts();
        await bus.putSnapshot(snapshot, { version: 1, text: '' });
        expect((await error(bus.putSnapshot(snapshot, { version: 0.5, text: '' }))).code).toBe('invalid_parameter');
        const seen: number[] = [];
        await bus.watchSnapshot(snapshot, ({ version }) => void seen.push(version));
        expect(seen).toEqual([1]);
      });

      it("keeps a watcher's failure from the owner and from other watchers", async () => {
        const { snapshot } = newContracts();
        const seen: number[] = [];
        await bus.watchSnapshot(snapshot, () => {
          throw new Error('cannot swap');
        });
        await bus.watchSnapshot(snapshot, ({ version }) => void seen.push(version));
        await bus.putSnapshot(snapshot, { version: 1, text: '' });
        await eventually(() => expect(seen).toEqual([1]));
        await eventually(() => expect(logger.errors).toHaveLength(1));
      });

      it('tells a watcher that stopped nothing more', async () => {
        const { snapshot } = newContracts();
        const seen: string[] = [];
        const stopped = await bus.watchSnapshot(snapshot, () => void seen.push('stopped'));
        await bus.watchSnapshot(snapshot, () => void seen.push('going'));
        await stopped.stop();
        await bus.putSnapshot(snapshot, { version: 1, text: '' });
        await eventually(() => expect(seen).toEqual(['going']));
      });
    });

    it('is healthy until it is closed; then everything is refused, and closing again does no harm', async () => {
      const { rpc, event: contract } = newContracts();
      await bus.respond(rpc, (request) => request);
      await bus.checkHealth();
      await bus.close();
      await expect(bus.checkHealth()).rejects.toMatchObject({ code: 'backend_unavailable' });
      expect((await error(bus.request(rpc, one('a')))).code).toBe('backend_unavailable');
      expect((await error(bus.publish(contract, event('a')))).code).toBe('backend_unavailable');
      await bus.close();
    });

    it('lets a running handler finish before it closes', async () => {
      const contracts = newContracts();
      const steps: string[] = [];
      await bus.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, async () => {
        steps.push('begun');
        await new Promise((resolve) => setTimeout(resolve, 100));
        steps.push('done');
      });
      const published = bus.publish(contracts.event, event('a'));
      await eventually(() => expect(steps).toEqual(['begun']));
      await bus.close();
      expect(steps).toEqual(['begun', 'done']);
      await published;
    });
  });
}
