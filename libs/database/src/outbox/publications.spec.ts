import { AppError, sleep } from '@ao/kernel';
import type { WaitingEvent } from './waiting-event.js';
import { Publications, type PublicationLimits } from './publications.js';

const waiting = (from: number, to: number, payload = '{}'): WaitingEvent[] =>
  Array.from({ length: to - from }, (_, index) => ({
    sequence: from + index,
    attempts: 0,
    event: { id: `e${from + index}`, subject: 'evt.a.b.c.v1', payload, occurredAt: '2026-01-01T00:00:00.000Z' },
  }));

/** Publications that end when the test says so. */
function setUp(limits: Partial<PublicationLimits> = {}) {
  const ends = new Map<string, (error?: Error) => void>();
  const publications = new Publications(
    ({ id }) => new Promise((resolve, reject) => ends.set(id, (error) => (error ? reject(error) : resolve()))),
    { inFlightMax: 4, inFlightBytesMax: 1_000, publishTimeoutMs: null, ...limits },
    () => undefined,
  );
  const end = async (id: string, error?: Error): Promise<void> => {
    ends.get(id)!(error);
    await sleep(0);
  };
  return { publications, end, started: () => [...ends.keys()] };
}

describe('Publications', () => {
  it('starts in order as many as may be open at once', () => {
    const { publications, started } = setUp();
    expect(publications.start(waiting(1, 10))).toBe(4);
    expect(started()).toEqual(['e1', 'e2', 'e3', 'e4']);
    expect(publications).toMatchObject({ room: 0, heldCount: 4, isAnyOpen: true, sequenceMax: 4 });
  });

  it('starts no more once the payloads in its hands reach their limit', () => {
    const { publications, started } = setUp({ inFlightBytesMax: 50 });
    publications.start(waiting(1, 5, 'x'.repeat(30)));
    expect(started()).toEqual(['e1', 'e2']);
    expect(publications.room).toBe(0);
  });

  it('keeps a row busy until its outcome is stored, not just until it has ended', async () => {
    const { publications, end } = setUp();
    publications.start(waiting(1, 3));
    await end('e1');
    const settled = publications.takeSettled();
    expect(settled).toEqual([{ sequence: 1, id: 'e1', attempts: 0 }]);
    publications.keepSettled(settled);
    expect(publications.busy(0)).toEqual([1, 2]);
    expect(publications.busy(1)).toEqual([2]);
    publications.forget(publications.takeSettled(), () => 0);
    expect(publications.busy(0)).toEqual([2]);
    expect(publications.room).toBe(3);
  });

  it('lets a row that failed in passing rest, one that failed for good not', async () => {
    const { publications, end } = setUp();
    publications.start(waiting(1, 3));
    await end('e1', new Error('bus away'));
    await end('e2', new AppError('payload_too_large', 'too large'));
    const settled = publications.takeSettled();
    expect(settled.map(({ failure }) => failure)).toEqual([
      { reason: 'Error: bus away', final: false },
      { reason: 'payload_too_large: too large', final: true },
    ]);
    publications.forget(settled, () => 100);
    expect(publications).toMatchObject({ heldCount: 0, busyCount: 1, room: 3 });
    publications.rouse(99);
    expect(publications.busy(0)).toEqual([1]);
    publications.rouse(100);
    expect(publications.busy(0)).toEqual([]);
  });

  it('counts an unanswered publication as failed after its timeout, if it has one', async () => {
    const { publications } = setUp({ publishTimeoutMs: 5 });
    publications.start(waiting(1, 2));
    await sleep(30);
    expect(publications.takeSettled()).toMatchObject([{ id: 'e1', failure: { final: false } }]);
    expect(publications.isAnyOpen).toBe(false);
  });
});
