import { isProblem, readLine } from './read-line.js';

const good = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: { model: 'm', messages: [] } };
const read = (line: unknown) =>
  readLine(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)), '/v1/chat/completions');

describe('a line of the input of a batch', () => {
  it('is read with its id and its body', () => {
    expect(read(good)).toEqual({ customId: 'a', body: '{"model":"m","messages":[]}' });
    expect(isProblem(read(good))).toBe(false);
  });

  it.each([
    ['not JSON', '{"custom_id"', 'invalid_json_line', null],
    ['no object', '[]', 'invalid_json_line', null],
    ['no id', { ...good, custom_id: undefined }, 'missing_required_parameter', 'custom_id'],
    ['an empty id', { ...good, custom_id: '' }, 'missing_required_parameter', 'custom_id'],
    ['an id that is no text', { ...good, custom_id: 7 }, 'missing_required_parameter', 'custom_id'],
    ['too long an id', { ...good, custom_id: 'x'.repeat(513) }, 'invalid_custom_id', 'custom_id'],
    ['an id with a NUL', { ...good, custom_id: 'a\0' }, 'invalid_custom_id', 'custom_id'],
    ['another method', { ...good, method: 'GET' }, 'invalid_method', 'method'],
    ['another endpoint', { ...good, url: '/v1/embeddings' }, 'mismatched_endpoint', 'url'],
    ['no body', { ...good, body: undefined }, 'missing_required_parameter', 'body'],
    ['a body that is no object', { ...good, body: [] }, 'missing_required_parameter', 'body'],
    ['a stream', { ...good, body: { stream: true } }, 'invalid_request', 'body.stream'],
  ])('is refused with %s', (_what, line, code, param) => {
    expect(read(line)).toMatchObject({ code, param, message: expect.stringMatching(/./) });
  });

  it('is refused when it is no UTF-8', () => {
    expect(readLine(Buffer.from([0x7b, 0xff, 0x7d]), '/v1/embeddings')).toMatchObject({ code: 'invalid_json_line' });
  });
});
