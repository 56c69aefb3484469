import fc from 'fast-check';
import { hasUnstorableText, refusalOf, withStorableText } from './storable.js';

describe('text that PostgreSQL refuses', () => {
  it.each(['a\0b', 'half \ud800 of a pair', '\udc00'])('is found and replaced: %j', (text) => {
    const value = { [text]: [text, { nested: text }] };
    expect(hasUnstorableText(JSON.stringify(value))).toBe(true);
    expect(hasUnstorableText(JSON.stringify(withStorableText(value)))).toBe(false);
  });

  it('leaves all other values as they are', () => {
    const storable = fc.jsonValue().filter((value) => !hasUnstorableText(JSON.stringify(value)));
    fc.assert(fc.property(storable, (value) => expect(withStorableText(value)).toEqual(value)));
    const mixed = { cost: 5n, at: 1.5, none: null, text: '😀' };
    expect(withStorableText(mixed)).toEqual(mixed);
  });
});

it.each([
  [{ cost: 0n, startedAtMs: 0 }, undefined],
  [{ cost: -1n, startedAtMs: 0 }, 'cost_out_of_range'],
  [{ cost: 10n ** 18n, startedAtMs: 0 }, 'cost_out_of_range'],
  [{ cost: 0n, startedAtMs: Date.UTC(10_000, 0) }, 'started_at_out_of_range'],
])('refuses %p with %p', (call, reason) => expect(refusalOf(call)).toBe(reason));
