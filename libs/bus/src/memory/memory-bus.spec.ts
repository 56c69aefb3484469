import { AsyncLocalStorage } from 'node:async_hooks';
import { nanoUsd } from '@ao/kernel';
import { describeBus } from '../bus.suite.js';
import { CollectingLogger, eventually, newContracts } from '../suite/test-tools.suite.js';
import { MemoryBus } from './memory-bus.js';

describeBus('MemoryBus', async (logger) => new MemoryBus(logger));

describe('MemoryBus, where nothing outlives the process', () => {
  const event = { id: 'e1', occurredAt: '2026-01-02T03:04:05Z', payload: { id: 'a', costNanoUsd: nanoUsd(1n) } };

  it('takes an event over only when every durable subscriber has handled it: until then the publisher keeps it', async () => {
    const bus = new MemoryBus(new CollectingLogger());
    const contracts = newContracts();
    const steps: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await bus.subscribe(contracts.event, { kind: 'durable', name: 'fast' }, () => void steps.push('fast'));
    await bus.subscribe(contracts.event, { kind: 'durable', name: 'slow' }, () =>
      gate.then(() => void steps.push('slow')),
    );
    const published = bus.publish(contracts.event, event).then(() => steps.push('published'));
    await eventually(() => expect(steps).toEqual(['fast']));
    release();
    await published;
    expect(steps).toEqual(['fast', 'slow', 'published']);
    await bus.close();
  });

  it('[BX-002] delivers nothing before all have subscribed: what the last stop left is there for those who come later, too', async () => {
    const bus = new MemoryBus(new CollectingLogger(), { waitsForBegin: true });
    const contracts = newContracts();
    const steps: string[] = [];
    await bus.subscribe(contracts.event, { kind: 'durable', name: 'first' }, () => void steps.push('first'));
    const published = bus.publish(contracts.event, event).then(() => steps.push('published'));
    await new Promise(setImmediate);
    await bus.subscribe(contracts.event, { kind: 'durable', name: 'later' }, () => void steps.push('later'));
    expect(steps).toEqual([]);
    bus.beginDelivery();
    await published;
    expect(steps).toEqual(['first', 'later', 'published']);
    await bus.close();
  });

  it.each([false, true])(
    '[BX-002] leaves an event with its publisher once subscribers begin to stop, begun before: %s',
    async (hasBegun) => {
      const bus = new MemoryBus(new CollectingLogger(), { waitsForBegin: true });
      const contracts = newContracts();
      const seen: string[] = [];
      const subscription = await bus.subscribe(
        contracts.event,
        { kind: 'durable', name: 'reader' },
        () => void seen.push('read'),
      );
      if (hasBegun) bus.beginDelivery();
      bus.endDelivery();
      await subscription.stop();
      await expect(bus.publish(contracts.event, event)).rejects.toMatchObject({ code: 'backend_unavailable' });
      expect(seen).toEqual([]);
      await bus.close();
    },
  );

  it('brings nothing of what the publisher runs under to a subscriber', async () => {
    const bus = new MemoryBus(new CollectingLogger());
    const contracts = newContracts();
    const under = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    await bus.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, () => void seen.push(under.getStore()));
    await under.run('the publisher', () => bus.publish(contracts.event, event));
    expect(seen).toEqual([undefined]);
    await bus.close();
  });

  it('rejects what a stopping subscriber had not handled, so that the publisher sends it again', async () => {
    const bus = new MemoryBus(new CollectingLogger());
    const contracts = newContracts();
    const failing = await bus.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, () => {
      throw new Error('database away');
    });
    const published = bus.publish(contracts.event, event);
    published.catch(() => undefined);
    await failing.stop();
    await expect(published).rejects.toThrow('stopped before the event was handled');
    await bus.close();
  });

  it('handles an event once when it is published again while it is on its way', async () => {
    const bus = new MemoryBus(new CollectingLogger());
    const contracts = newContracts();
    let handled = 0;
    await bus.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, () => void (handled += 1));
    await Promise.all([bus.publish(contracts.event, event), bus.publish(contracts.event, event)]);
    expect(handled).toBe(1);
    await bus.close();
  });

  it('lets an event that is published again while it waits for another try join the first, for each subscriber', async () => {
    const bus = new MemoryBus(new CollectingLogger());
    const contracts = newContracts();
    const calls: string[] = [];
    let isAway = true;
    await bus.subscribe(contracts.event, { kind: 'durable', name: 'away' }, () => {
      calls.push('away');
      if (isAway) throw new Error('database away');
    });
    const first = bus.publish(contracts.event, event);
    await eventually(() => expect(calls.length).toBeGreaterThan(1));
    const again = bus.publish(contracts.event, event);
    isAway = false;
    const callsBefore = calls.length;
    await Promise.all([first, again]);
    expect(calls.length).toBe(callsBefore + 1);
    await bus.close();
  });

  it('stops at once and gives back what waits for another try, thousands of events too', async () => {
    const bus = new MemoryBus(new CollectingLogger());
    const contracts = newContracts();
    const failing = await bus.subscribe(contracts.event, { kind: 'durable', name: 'away', batchSizeMax: 1_000 }, () => {
      throw new Error('database away');
    });
    const outcomes = Promise.allSettled(
      Array.from({ length: 5_000 }, (_, index) => bus.publish(contracts.event, { ...event, id: `e${index}` })),
    );
    await failing.stop();
    expect((await outcomes).map(({ status }) => status)).toEqual(Array.from({ length: 5_000 }, () => 'rejected'));
    await bus.close();
  });
});
