import { AppError, nanoUsd } from '@ao/kernel';
import type { EventEnvelope } from '../bus.js';
import { CollectingLogger, newContracts } from '../suite/test-tools.suite.js';
import { EventDelivery, retryDelayMs, type Parcel } from './event-delivery.js';

const contract = newContracts().event;
const parcels = (count: number, outcomes: string[]): Parcel[] =>
  Array.from({ length: count }, (_, index) => ({
    label: `#${index}`,
    open: (): EventEnvelope => ({
      id: `e${index}`,
      subject: contract.subject,
      occurredAt: '2026-01-02T03:04:05Z',
      payload: { id: 'a', costNanoUsd: nanoUsd(1n).toString() },
    }),
    handled: () => void outcomes.push(`handled ${index}`),
    retry: () => void outcomes.push(`retry ${index}`),
    setAside: () => void outcomes.push(`set aside ${index}`),
  }));

describe('EventDelivery', () => {
  it('stops trying one by one when everything fails: the fault is not in the events', async () => {
    const sizes: number[] = [];
    const outcomes: string[] = [];
    const handler = (events: unknown[]): void => {
      sizes.push(events.length);
      throw new AppError('backend_unavailable', 'The database is away.');
    };
    await new EventDelivery(contract, handler, new CollectingLogger(), true).deliver(parcels(50, outcomes));
    expect(sizes).toEqual([50, 1, 1, 1]);
    expect(outcomes).toEqual(Array.from({ length: 50 }, (_, index) => `retry ${index}`));
  });

  it('decides each event of a failed batch by its own outcome', async () => {
    const outcomes: string[] = [];
    const handler = (events: EventEnvelope[]): void => {
      if (events.some(({ id }) => id === 'e1')) throw new Error('a bug');
      if (events.some(({ id }) => id === 'e2')) throw new AppError('conflict', 'No.');
    };
    const logger = new CollectingLogger();
    await new EventDelivery(contract, handler, logger, true).deliver(parcels(4, outcomes));
    expect(outcomes).toEqual(['handled 0', 'retry 1', 'set aside 2', 'handled 3']);
    expect(logger.errors.map(({ fields }) => fields)).toEqual([expect.objectContaining({ event: '#2' })]);
  });

  it('waits longer after each delivery: 50 ms at first, 30 s at most', () => {
    expect([1, 2, 3, 8, 10, 11, 1_000].map(retryDelayMs)).toEqual([50, 100, 200, 6_400, 25_600, 30_000, 30_000]);
  });
});
