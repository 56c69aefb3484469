import { AppError } from '@ao/kernel';
import type { Bus, EventEnvelope } from '../bus.js';
import {
  each,
  errorOf,
  eventOf,
  eventually,
  newContracts,
  occurredAt,
  payloadOf,
  type CollectingLogger,
} from './test-tools.suite.js';

/** What every bus keeps about facts on their way to their subscribers; `current` gives the one under test. */
export function describeEvents(current: () => { bus: Bus; logger: CollectingLogger }): void {
  describe('events', () => {
    let bus: Bus;
    let logger: CollectingLogger;
    beforeEach(() => void ({ bus, logger } = current()));

    it('brings an event whole: id, time, cause and exact money', async () => {
      const contracts = newContracts();
      const seen: EventEnvelope[] = [];
      await bus.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, (events) => void seen.push(...events));
      const sent = { ...eventOf('evt "1"\n', 98_765_432_109_876_543_210n), requestId: 'req_1' };
      await bus.publish(contracts.event, sent);
      await eventually(() => expect(seen).toEqual([{ ...sent, subject: contracts.event.subject }]));
    });

    it('carries what an outbox kept encoded', async () => {
      const contracts = newContracts();
      const seen: EventEnvelope[] = [];
      await bus.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, (events) => void seen.push(...events));
      const { subject } = contracts.event;
      await bus.publishEncoded({ id: 'e1', subject, occurredAt, payload: '{"id":"e1","costNanoUsd":"5"}' });
      await eventually(() => expect(seen).toEqual([{ ...eventOf('e1', 5n), subject }]));
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
        bus.publish(contracts.event, eventOf('bad')),
        bus.publish(contracts.event, eventOf('good')),
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
      await bus.publish(contracts.event, eventOf('poison'));
      await bus.publish(contracts.event, eventOf('next'));
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
        bus.publish(contracts.event, eventOf('a')),
        bus.publishEncoded({ id: 'wrong', subject, occurredAt, payload: '{"id":7}' }),
        bus.publishEncoded({ id: 'garbage', subject, occurredAt, payload: '{"id":' }),
        bus.publish(contracts.event, eventOf('b')),
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
      await Promise.all(ids.map((id) => bus.publish(contracts.event, eventOf(id))));
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
      await Promise.all(ids.map((id) => bus.publish(contracts.event, eventOf(id))));
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
      await bus.publish(contracts.event, eventOf('a'));
      await bus.publish(contracts.event, eventOf('b'));
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
      await bus.publish(contracts.event, eventOf('bad'));
      await bus.publish(contracts.event, eventOf('good'));
      await eventually(() => expect(seen).toEqual(['bad', 'good']));
      expect(logger.errors).toHaveLength(1);
    });

    it('delivers nothing to a subscription that was stopped', async () => {
      const contracts = newContracts();
      const seen: string[] = [];
      const stopped = await bus.subscribe(contracts.event, { kind: 'broadcast' }, () => void seen.push('stopped'));
      await bus.subscribe(contracts.event, { kind: 'broadcast' }, () => void seen.push('going'));
      await stopped.stop();
      await bus.publish(contracts.event, eventOf('a'));
      await eventually(() => expect(seen).toEqual(['going']));
    });

    it('refuses to publish what breaks the contract', async () => {
      const contracts = newContracts();
      const refused = await errorOf(bus.publish(contracts.event, { ...eventOf('a'), payload: payloadOf('') }));
      expect(refused).toMatchObject({ code: 'invalid_parameter', param: 'id' });
    });
  });
}
