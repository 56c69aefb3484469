import { readFilters, toApiQuery, toggleSort, writeFilters } from './request-filters.js';

describe('the filters of the request log', () => {
  it('come back from the address as they went into it', () => {
    for (const status of ['', 'ok', 'refused', 'failed'])
      for (const sort of ['-started_at', 'cost', '-latency']) {
        const filters = { status, model: 'gpt-5.2', sort };
        expect(readFilters(writeFilters(filters))).toEqual(filters);
      }
  });

  it('ask the API for nothing that it would refuse, whatever stands in the address', () => {
    const filters = readFilters({ status: '200', sort: 'price', model: '' });
    expect(filters).toEqual({ status: '', model: '', sort: '-started_at' });
    expect(readFilters({ status: 'constructor' }).status).toBe('');
  });

  it('become the ranges that the API knows', () =>
    expect(toApiQuery({ status: 'refused', model: 'm', sort: '-cost' }, 'c1')).toEqual({
      limit: 50,
      sort: '-cost',
      model: 'm',
      cursor: 'c1',
      status_min: 400,
      status_max: 499,
    }));

  it('sort by the largest first, then the other way', () => {
    expect(toggleSort('-started_at', 'cost')).toBe('-cost');
    expect(toggleSort('-cost', 'cost')).toBe('cost');
    expect(toggleSort('cost', 'cost')).toBe('-cost');
  });
});
