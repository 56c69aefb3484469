import { showCount, showCounted, showDuration, showPercent } from './number.js';

describe('numbers on the screen', () => {
  it('groups thousands and finds the right word', () => {
    expect(showCount(1_234_567)).toBe('1,234,567');
    expect(showCounted(1, 'request', 'requests')).toBe('1 request');
    expect(showCounted(1_200, 'request', 'requests')).toBe('1,200 requests');
    expect(showCounted(0, 'request', 'requests')).toBe('0 requests');
  });

  it.each([
    [0.4, '< 1 ms'],
    [84.2, '84 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1_236, '1.24 s'],
    [59_994, '59.99 s'],
    [59_996, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('says %d ms as %s', (durationMs, shown) => expect(showDuration(durationMs)).toBe(shown));

  it('shows a percentage with the places it has', () => {
    expect([showPercent(85.25), showPercent(100), showPercent(0), showPercent(62.5)]).toEqual([
      '85.25%',
      '100%',
      '0%',
      '62.5%',
    ]);
  });
});
