import fc from 'fast-check';
import { PAGES, parseRoute, toHref } from './route.js';

describe('the address', () => {
  it.each([
    ['', { page: 'overview', id: null, query: {} }],
    ['#/', { page: 'overview', id: null, query: {} }],
    ['#/requests', { page: 'requests', id: null, query: {} }],
    ['#requests?status=ok', { page: 'requests', id: null, query: { status: 'ok' } }],
    ['#/requests/req_1?model=a%2Fb', { page: 'requests', id: 'req_1', query: { model: 'a/b' } }],
    ['#/nonsense', { page: 'overview', id: null, query: {} }],
    ['#/requests/%E0%A4%A', { page: 'requests', id: null, query: {} }],
  ])('%s leads somewhere', (hash, route) => expect(parseRoute(hash)).toEqual(route));

  it('comes back as it went out, whatever stands in it', () => {
    const route = fc.record({
      page: fc.constantFrom(...PAGES),
      id: fc.option(fc.string({ minLength: 1, unit: 'grapheme' })),
      query: fc.dictionary(
        fc.constantFrom('status', 'model', 'sort', 'days'),
        fc.string({ minLength: 1, unit: 'grapheme' }),
        { noNullPrototype: true },
      ),
    });
    fc.assert(fc.property(route, (given) => expect(parseRoute(toHref(given))).toEqual(given)));
  });

  it('names only what is set', () =>
    expect(toHref({ page: 'requests', query: { status: '', model: 'm' } })).toBe('#/requests?model=m'));
});
