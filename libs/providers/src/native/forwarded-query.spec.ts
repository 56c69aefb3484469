import { forwardedQuery } from './forwarded-query.js';

describe('a forwarded query', () => {
  it.each([
    ['', ''],
    ['alt=sse', 'alt=sse'],
    ['alt=sse&key=AIza&pageSize=5', 'alt=sse&pageSize=5'],
    ['access_token=ya29&a=b%20c', 'a=b%20c'],
    ['KEY=1&%6bey=2&k%65y=3&+key=4', ''],
    ['X-Amz-Credential=AKIA&X-Amz-Signature=ff&limit=2', 'limit=2'],
    ['subscription-key=1&api-version=2024-10-21', 'api-version=2024-10-21'],
    ['%ff=1&a', 'a'],
    ['quotaUser=x&&b=', 'b='],
  ])('[GW-011] %p becomes %p', (given, query) => expect(forwardedQuery(given)).toBe(query));

  it.each(['a=b c', 'a=\r\nb', 'a#b', 'a=ü', `a=${'x'.repeat(8_192)}`])('[GW-011] %p is refused', (query) => {
    expect(() => forwardedQuery(query)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'query' }));
  });
});
