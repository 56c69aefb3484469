import { AppError } from '@ao/kernel';
import { NO_CONTROLS, takeCacheControls } from './cache-controls.js';

const silent = { bypass: false, cacheControl: undefined };
const take = (json: object, headers: object = {}) =>
  takeCacheControls(Buffer.from(JSON.stringify(json)), { ...silent, ...headers });

describe('what a caller says of the cache', () => {
  it('[CA-010] is taken out of the body, every other byte stays', () => {
    const body = Buffer.from(
      '{ "model" : "m", "cache": {"ttl": 600, "no-cache": true}, "note": "the \\"cache\\" stays" }',
    );
    const found = takeCacheControls(body, silent);
    expect(found.body.toString()).toBe('{ "model" : "m",  "note": "the \\"cache\\" stays" }');
    expect(found.controls).toEqual({ ...NO_CONTROLS, ttlMs: 600_000, noCache: true });
  });

  it('[CA-010] leaves a body alone that says nothing of it', () => {
    for (const text of ['{"model":"m"}', '{"messages":[{"cache":1,"cache_control":{}}]}', 'no json "cache"', '']) {
      const body = Buffer.from(text);
      expect(takeCacheControls(body, silent)).toEqual({ body, controls: null });
      expect(takeCacheControls(body, silent).body).toBe(body);
    }
    // Whoever reads the request refuses what stands twice.
    const twice = Buffer.from('{"cache":{},"cache":{}}');
    expect(takeCacheControls(twice, silent).body).toBe(twice);
  });

  it('[CA-010] may be said by headers, beside the body', () => {
    expect(take({}, { bypass: true }).controls).toEqual({ ...NO_CONTROLS, bypass: true });
    expect(take({}, { cacheControl: 'max-age=0, No-Store' }).controls).toEqual({ ...NO_CONTROLS, bypass: true });
    expect(take({}, { cacheControl: 'no-cache' }).controls).toEqual({ ...NO_CONTROLS, noCache: true });
    expect(take({}, { cacheControl: 'max-age=0' }).controls).toBeNull();
    const both = take({ cache: { namespace: 'n', 'use-cache': true, ttl: 2 } }, { cacheControl: 'no-cache' });
    expect(both.controls).toEqual({ ...NO_CONTROLS, namespace: 'n', useCache: true, ttlMs: 2_000, noCache: true });
  });

  it('[CA-010] takes both spellings of the greatest age, and null for nothing', () => {
    expect(take({ cache: { 's-maxage': 1.5 } }).controls?.ageMsMax).toBe(1_500);
    expect(take({ cache: { 's-max-age': 2 } }).controls?.ageMsMax).toBe(2_000);
    expect(take({ cache: null }).controls).toEqual(NO_CONTROLS);
    expect(take({ cache: { ttl: null, namespace: null, 'no-store': null } }).controls).toEqual(NO_CONTROLS);
  });

  it.each([
    ['cache', true],
    ['cache', []],
    ['cache.ttl', { ttl: -1 }],
    ['cache.ttl', { ttl: '60' }],
    ['cache.s-maxage', { 's-maxage': 1e9 }],
    ['cache.no-cache', { 'no-cache': 1 }],
    ['cache.namespace', { namespace: 'a:b' }],
    ['cache.namespace', { namespace: '' }],
  ])('[CA-010] refuses a bad %s', (param, cache) => {
    const refused = (): unknown => take({ cache });
    expect(refused).toThrow(AppError);
    expect(refused).toThrow(expect.objectContaining({ code: 'invalid_parameter', param }));
  });
});
