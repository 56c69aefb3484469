import { AppError } from '@ao/kernel';
import type { OutboxEvent } from './append-outbox.js';
import { publishInOrder } from './publish-in-order.js';

const events = (count: number): OutboxEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `e${index}`,
    subject: 'evt.a.b.c.v1',
    payload: '{}',
    occurredAt: '2026-01-01T00:00:00.000Z',
  }));

describe('publishInOrder', () => {
  it('starts events in order and keeps at most the allowed number unacknowledged', async () => {
    const started: string[] = [];
    let inFlight = 0;
    let inFlightSeen = 0;
    const report = await publishInOrder(events(20), 4, async (event) => {
      started.push(event.id);
      inFlightSeen = Math.max(inFlightSeen, (inFlight += 1));
      await Promise.resolve();
      inFlight -= 1;
    });
    expect(started).toEqual(events(20).map((event) => event.id));
    expect(inFlightSeen).toBe(4);
    expect(report).toEqual({ publishedIds: started, failures: [] });
  });

  it('starts nothing more after a failure that may pass', async () => {
    const started: string[] = [];
    const report = await publishInOrder(events(5), 1, async (event) => {
      started.push(event.id);
      if (event.id === 'e2') throw new Error('bus away');
    });
    expect(started).toEqual(['e0', 'e1', 'e2']);
    expect(report).toEqual({
      publishedIds: ['e0', 'e1'],
      failures: [{ id: 'e2', reason: 'Error: bus away', final: false }],
    });
  });

  it('goes on after an event that can never be published', async () => {
    const report = await publishInOrder(events(3), 1, async (event) => {
      if (event.id === 'e1') throw new AppError('payload_too_large', 'too large');
    });
    expect(report).toEqual({
      publishedIds: ['e0', 'e2'],
      failures: [{ id: 'e1', reason: 'payload_too_large: too large', final: true }],
    });
  });
});
