import { z } from 'zod';
import { readBody } from './json-body.js';

const schema = z.object({ name: z.string(), count: z.int().optional() });
const read = (body: unknown) => () => readBody(Buffer.from(JSON.stringify(body)), schema);

describe('the body of an administrative call', () => {
  it.each([
    ['a field that is missing', {}, 'missing_required_parameter', 'name'],
    ['a field of a wrong type', { name: 'a', count: '1' }, 'invalid_parameter', 'count'],
    ['null where there must be something', { name: null }, 'invalid_parameter', 'name'],
    ['no object', [], 'invalid_parameter', 'body'],
  ])('names %s', (_case, body, code, param) => {
    expect(read(body)).toThrow(expect.objectContaining({ code, param }));
  });

  it('that is no JSON is refused', () => {
    expect(() => readBody(Buffer.from('{'), schema)).toThrow(expect.objectContaining({ code: 'invalid_json' }));
  });
});
