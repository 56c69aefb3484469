import { boundaryOf, readForm, replacePart } from './read-form.js';

const FIELD = 'Content-Disposition: form-data; name="model"';
const FILE = 'Content-Disposition: form-data; name="file"; filename="a b.mp3"\r\nContent-Type: audio/mpeg';
const bodyOf = (...parts: [headers: string, content: string][]): string =>
  `${parts.map(([headers, content]) => `--xyz\r\n${headers}\r\n\r\n${content}\r\n`).join('')}--xyz--\r\n`;
const read = (body: string) => readForm(Buffer.from(body, 'latin1'), 'xyz');

describe('forms', () => {
  it('finds fields and files, whatever bytes they hold', () => {
    const content = '\x00\xff\r\n--xy\r\n\r\n--\r\n';
    const body = bodyOf([FIELD, 'whisper-1'], [FILE, content]);
    const parts = read(body);
    expect(parts.map(({ name, isFile }) => [name, isFile])).toEqual([
      ['model', false],
      ['file', true],
    ]);
    expect(parts.map(({ start, end }) => body.slice(start, end))).toEqual(['whisper-1', content]);
  });

  it('replaces the content of a part, every other byte as it was', () => {
    const body = Buffer.from(bodyOf([FILE, '\xff\r\n'], [FIELD, 'm']), 'latin1');
    const [, model] = readForm(body, 'xyz');
    const changed = replacePart(body, model!, 'another');
    expect(changed.toString('latin1')).toBe(
      bodyOf([FILE, '\xc3\xbf\r\n'], [FIELD, 'another']).replace('\xc3\xbf', '\xff'),
    );
  });

  it.each([
    ['Content-Disposition: form-data; name=model', 'model'],
    ['content-disposition: FORM-DATA; Name="model"', 'model'],
    [`Content-Disposition: form-data; name="image[]"; filename="x.png"; filename*=UTF-8''%e2%82%ac.png`, 'image[]'],
  ])('reads the name in %s', (headers, name) => {
    expect(read(bodyOf([headers, 'x']))[0]?.name).toBe(name);
  });

  it('takes an empty part, and a form without any', () => {
    expect(read(bodyOf([FIELD, '']))).toMatchObject([{ name: 'model' }]);
    expect(read('--xyz--\r\n')).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['no boundary', 'model=whisper-1'],
    ['another boundary', bodyOf([FIELD, 'm']).replaceAll('xyz', 'abc')],
    ['a body that is cut off in a part', bodyOf([FILE, 'x'.repeat(50)]).slice(0, -30)],
    ['a body that is cut off before its end', bodyOf([FIELD, 'm']).slice(0, -4)],
    ['headers that do not end', '--xyz\r\nContent-Disposition: form-data; name="model"\r\n'],
    ['headers without end', bodyOf([`${FIELD}\r\nx: ${'y'.repeat(9_000)}`, 'm'])],
    ['a part without a name', bodyOf(['Content-Disposition: form-data', 'm'])],
    ['a part with two names', bodyOf([`${FIELD}; name="prompt"`, 'm'])],
    ['a part with an extended name', bodyOf([`${FIELD}; name*=UTF-8''prompt`, 'm'])],
    ['a part with two dispositions', bodyOf([`${FIELD}\r\nContent-Disposition: form-data; name="prompt"`, 'm'])],
    ['a name with an escape', bodyOf(['Content-Disposition: form-data; name="mo\\del"', 'm'])],
    ['too many parts', bodyOf(...Array.from({ length: 201 }, (): [string, string] => [FIELD, 'm']))],
  ])('refuses %s', (_what, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'body' }));
  });

  it.each([
    'multipart/form-data; boundary=xyz',
    'Multipart/Form-Data;boundary="xyz"',
    'multipart/form-data; boundary=xyz; charset=utf-8',
  ])('finds the boundary in %s', (contentType) => {
    expect(boundaryOf(contentType)).toBe('xyz');
  });

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=a; boundary=b',
    'multipart/form-data; boundary="a\\"b"',
  ])('refuses %s', (contentType) => {
    expect(() => boundaryOf(contentType)).toThrow(expect.objectContaining({ code: 'invalid_parameter' }));
  });
});
