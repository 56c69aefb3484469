import fc from 'fast-check';
import { parsePosition, positionOf, type RequestSort } from './request-sort.js';

const SORTS: RequestSort[] = ['started_at', '-started_at', 'cost', '-cost', 'latency', '-latency'];

describe('a position in a list of requests', () => {
  it('survives the cursor exactly, for every sort', () => {
    const call = fc.record({
      startedAtMs: fc.nat(253_402_300_799_999),
      cost: fc.bigInt(0n, 10n ** 18n - 1n),
      durationMs: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      requestId: fc.string({ minLength: 1, maxLength: 128 }),
    });
    fc.assert(
      fc.property(call, fc.constantFrom(...SORTS), (row, sort) => {
        const position = parsePosition(positionOf(row, sort), sort);
        expect(position?.requestId).toBe(row.requestId);
        const sorted = { started_at: row.startedAtMs, cost: row.cost, latency: row.durationMs + 0 };
        expect(position?.value).toBe(String(sorted[sort.replace('-', '') as keyof typeof sorted]));
      }),
    );
  });

  it.each(['', 'cost', 'cost|', 'cost|1', 'cost|1|', '-cost|1|req', 'cost|1.5|req', 'cost|1e3|req', 'cost|-1|req'])(
    'is not read from %j',
    (text) => expect(parsePosition(text, 'cost')).toBeUndefined(),
  );

  it.each([
    ['started_at|999999999999999999|req', 'started_at'],
    ['latency|1e999|req', 'latency'],
  ] as const)('is not read from a value out of range: %s', (text, sort) =>
    expect(parsePosition(text, sort)).toBeUndefined(),
  );
});
