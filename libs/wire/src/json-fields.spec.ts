import fc from 'fast-check';
import { cutsOf, locateFields, readItems, readJson, replaceFields } from './json-fields.js';
import { JSON_DEPTH_MAX, skipValue } from './json-scan.js';

const locate = (text: string) => locateFields(Buffer.from(text));

/** What the located ranges say, as an object: must equal JSON.parse. */
function readBack(text: string): Record<string, unknown> | null {
  const bytes = Buffer.from(text);
  const located = locateFields(bytes);
  if (!located) return null;
  const entries = [...located.values].map(([key, range]) => [key, readJson(bytes, range)] as const);
  return Object.fromEntries(entries);
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

const objects = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }));
const spacing = fc.constantFrom(undefined, 2, '\t');
const structure = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '1',
  '-',
  '.',
  'e',
  '+',
  'null',
  'true',
  ' ',
  '\n',
);
const plainObjects = fc.dictionary(
  fc.stringMatching(/^[a-z]{0,3}$/),
  fc.oneof(
    fc.jsonValue({ stringUnit: fc.constantFrom('a', 'b') }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
);

describe('locateFields', () => {
  it('finds the fields that JSON.parse finds in any object', () => {
    fc.assert(
      fc.property(objects, spacing, (object, space) => {
        const text = JSON.stringify(object, null, space);
        expect(readBack(text)).toEqual(parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('accepts what JSON.parse accepts and refuses what it refuses, whatever is cut, added or exchanged', () => {
    const edit = fc.record({ at: fc.nat(), remove: fc.nat(2), insert: fc.array(structure, { maxLength: 2 }) });
    fc.assert(
      fc.property(plainObjects, spacing, fc.array(edit, { maxLength: 2 }), (object, space, edits) => {
        let text = JSON.stringify(object, null, space);
        for (const { at, remove, insert } of edits) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + insert.join('') + text.slice(from + remove);
        }
        // Line breaks inside strings are the one thing that is not looked at.
        fc.pre(!/"[^"\n]*\n[^"]*"/.test(text.replace(/"[^"\n\t]*"/g, '')));
        expect(readBack(text)).toEqual(parse(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes the last of equal keys, also when one is spelled with escapes, and says which was doubled', () => {
    const located = locate('{"model":"a","x":1,"mod\\u0065l":"b"}')!;
    expect(located.duplicate).toBe('model');
    expect(readBack('{"model":"a","x":1,"mod\\u0065l":"b"}')).toEqual({ model: 'b', x: 1 });
  });

  it('is not fooled by quotes and brackets inside long strings', () => {
    const text = JSON.stringify({
      a: `${'x'.repeat(100)}"}],{\\`,
      b: '\\'.repeat(61),
      c: '"'.repeat(99),
      d: 'é€😀'.repeat(50),
    });
    expect(readBack(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '',
    ' ',
    '[]',
    '"a"',
    'null',
    '1',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":"x',
    '{"a":1}}',
    '{"a":1} x',
    '{a:1}',
    "{'a':1}",
  ])('gives null for %p', (text) => {
    expect(locate(text)).toBeNull();
  });

  it('refuses nesting beyond the limit without using the stack', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}1${']'.repeat(depth)}}`;
    expect(locate(nested(JSON_DEPTH_MAX))).not.toBeNull();
    expect(locate(nested(JSON_DEPTH_MAX + 1))).toBeNull();
    expect(locate(nested(1_000_000))).toBeNull();
  });
});

describe('readItems', () => {
  it('gives the items that JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), spacing, (items, space) => {
        const text = JSON.stringify(items, null, space);
        const bytes = Buffer.from(text);
        const seen: unknown[] = [];
        const end = readItems(bytes, 0, (start) => {
          const itemEnd = skipValue(bytes, start);
          seen.push(readJson(bytes, { start, end: itemEnd }));
          return itemEnd;
        });
        expect(seen).toEqual(JSON.parse(text));
        expect(end).toBe(bytes.length);
      }),
    );
  });
});

describe('replaceFields', () => {
  const knownKeys = fc.constantFrom('model', 'stream_options', 'user', '__proto__');
  const values = fc.dictionary(knownKeys, fc.jsonValue(), { noNullPrototype: true });

  it('sets the fields and leaves the others as JSON.parse reads them', () => {
    fc.assert(
      fc.property(objects, spacing, values, (object, space, changes) => {
        const bytes = Buffer.from(JSON.stringify(object, null, space));
        const result = replaceFields(bytes, locateFields(bytes)!, changes);
        const expected = { ...(JSON.parse(bytes.toString()) as object), ...JSON.parse(JSON.stringify(changes)) };
        expect(JSON.parse(result.toString())).toEqual(expected);
      }),
    );
  });

  it('keeps every other byte, order and spacing included', () => {
    const bytes = Buffer.from('{ "messages" : [ {"content":"h\\u00e9"} ],\n "model": "fast" , "n":1.0 }');
    const result = replaceFields(bytes, locateFields(bytes)!, {
      model: 'gpt-4o',
      stream_options: { include_usage: true },
    });
    expect(result.toString()).toBe(
      '{"stream_options":{"include_usage":true}, "messages" : [ {"content":"h\\u00e9"} ],\n "model": "gpt-4o" , "n":1.0 }',
    );
  });

  it('takes JSON text as it is, and gives back the same buffer when nothing changes', () => {
    const bytes = Buffer.from('{}');
    const located = locateFields(bytes)!;
    expect(replaceFields(bytes, located, { model: Buffer.from('"m"') }).toString()).toBe('{"model":"m"}');
    expect(replaceFields(bytes, located, { model: undefined })).toBe(bytes);
  });
});

describe('the removal of fields', () => {
  const remove = (text: string, ...keys: string[]): string => {
    const bytes = Buffer.from(text);
    const located = locateFields(bytes)!;
    return replaceFields(bytes, located, {}, cutsOf(bytes, located, keys)).toString();
  };

  it.each([
    ['{"a":1,"b":2,"c":3}', 'b', '{"a":1,"c":3}'],
    ['{"a":1 , "b": {"x":[1,2]} }', 'b', '{"a":1  }'],
    ['{ "a" : 1 , "b":2}', 'a', '{  "b":2}'],
    ['{"b":2}', 'b', '{}'],
    ['{"a":"x,\\"b\\":1","b":2}', 'b', '{"a":"x,\\"b\\":1"}'],
    ['{"a":1}', 'b', '{"a":1}'],
  ])('%s without %s', (text, key, expected) => expect(remove(text, key)).toBe(expected));

  it('leaves a valid object with all other fields, whatever stands in them', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, maxKeys: 8 });
    fc.assert(
      fc.property(objects, spacing, fc.array(fc.boolean(), { minLength: 8 }), (object, space, picks) => {
        const gone = Object.keys(object).filter((_key, index) => picks[index]);
        const kept = Object.entries(object).filter(([key]) => !gone.includes(key));
        const text = JSON.stringify(object, null, space);
        expect(JSON.parse(remove(text, ...gone))).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(kept))));
      }),
      { numRuns: 500 },
    );
  });

  it('goes together with new values of others', () => {
    const bytes = Buffer.from('{"a":1,"model":"x","b":2}');
    const located = locateFields(bytes)!;
    const result = replaceFields(bytes, located, { model: 'y', n: 1 }, cutsOf(bytes, located, ['a', 'b']));
    expect(result.toString()).toBe('{"n":1,"model":"y"}');
  });
});
