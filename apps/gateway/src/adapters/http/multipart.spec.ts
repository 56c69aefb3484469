import { AppError } from '@ao/kernel';
import { fastify } from 'fastify';
import { readMultipart, routeMultipart, type IncomingFile, type MultipartLimits } from './multipart.js';

const LIMITS: MultipartLimits = { fieldsMax: 3, fieldBytesMax: 20, filesMax: 1, fileBytesMax: 1_000 };
const BOUNDARY = 'cut-here';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

interface Part {
  name?: string;
  filename?: string;
  text: string;
}

function part({ name, filename, text }: Part): string {
  const disposition = ['form-data', name && `name="${name}"`, filename && `filename="${filename}"`];
  return `--${BOUNDARY}\r\ncontent-disposition: ${disposition.filter(Boolean).join('; ')}\r\n\r\n${text}\r\n`;
}
const form = (...parts: Part[]): string => `${parts.map(part).join('')}--${BOUNDARY}--\r\n`;
const file = (text: string): Part => ({ name: 'file', filename: 'a.jsonl', text });

async function textOf({ content }: IncomingFile): Promise<string> {
  let text = '';
  for await (const chunk of content) text += String(chunk);
  return text;
}

async function send(
  body: string,
  { contentType = TYPE, onFile }: { contentType?: string; onFile?: (file: IncomingFile) => Promise<void> } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const server = fastify();
  server.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof AppError)) throw error;
    return reply.status(error.status).send({ code: error.code, message: error.message });
  });
  server.post('/json', (request) => ({ got: request.body }));
  routeMultipart(server, {
    method: 'POST',
    url: '/form',
    handler: async (request) => {
      const files: object[] = [];
      const fields = await readMultipart(request.raw, LIMITS, async (incoming) => {
        if (onFile) return onFile(incoming);
        const { field, filename, mediaType } = incoming;
        files.push({ field, filename, mediaType, text: await textOf(incoming) });
      });
      return { fields: Object.fromEntries(fields), files };
    },
  });
  const answer = await server.inject({
    method: 'POST',
    url: '/form',
    headers: { 'content-type': contentType },
    payload: body,
  });
  await server.close();
  return { status: answer.statusCode, body: answer.json() };
}

describe('a form with files', () => {
  it('gives its fields, before and after the file, and the content of the file', async () => {
    const body = form({ name: 'purpose', text: 'batch' }, file('{"a":1}\n{"b":"ü"}'), { name: 'more', text: '' });
    expect(await send(body)).toEqual({
      status: 200,
      body: {
        fields: { purpose: ['batch'], more: [''] },
        files: [{ field: 'file', filename: 'a.jsonl', mediaType: 'text/plain', text: '{"a":1}\n{"b":"ü"}' }],
      },
    });
  });

  it('keeps all values of a field, and no folder of a file name', async () => {
    const body = form(
      { name: 'include[]', text: 'a' },
      { name: 'include[]', text: 'b' },
      { name: 'file', filename: '../../etc/passwd', text: 'x' },
    );
    expect((await send(body)).body).toMatchObject({
      fields: { 'include[]': ['a', 'b'] },
      files: [{ filename: 'passwd' }],
    });
  });

  const whole = form(file('{"a":1}'), { name: 'purpose', text: 'batch' });
  it.each([
    ['no boundary in its type', whole, 'multipart/form-data', 415, 'unsupported_media_type'],
    ['another type', '{}', 'application/json', 415, 'unsupported_media_type'],
    ['an end within the file', whole.slice(0, whole.indexOf('":1')), TYPE, 400, 'invalid_parameter'],
    ['an end before the closing boundary', whole.slice(0, -8), TYPE, 400, 'invalid_parameter'],
    ['no parts at all', 'hello', TYPE, 400, 'invalid_parameter'],
    ['a field without a name', form({ text: 'x' }), TYPE, 400, 'invalid_parameter'],
    ['a file without a name', form({ filename: 'a', text: 'x' }), TYPE, 400, 'invalid_parameter'],
    ['too long a field', form({ name: 'purpose', text: 'x'.repeat(21) }), TYPE, 413, 'payload_too_large'],
    ['too large a file', form(file('x'.repeat(1_001))), TYPE, 413, 'payload_too_large'],
    ['too many files', form(file('x'), file('y')), TYPE, 413, 'payload_too_large'],
    [
      'too many fields',
      form(...['a', 'b', 'c', 'd'].map((name) => ({ name, text: '' }))),
      TYPE,
      413,
      'payload_too_large',
    ],
  ])('is refused for %s', async (_what, body, contentType, status, code) => {
    expect(await send(body, { contentType })).toMatchObject({ status, body: { code } });
  });

  it('may have a file and fields as large as the limits', async () => {
    const body = form({ name: 'purpose', text: 'x'.repeat(20) }, file('y'.repeat(1_000)));
    expect(await send(body)).toMatchObject({ status: 200 });
  });

  it('is refused with the reason of whoever takes the file, however much of it is still to come', async () => {
    const onFile = (): Promise<void> => Promise.reject(new AppError('permission_denied', 'Not you.'));
    expect(await send(whole, { onFile })).toMatchObject({ status: 403, body: { message: 'Not you.' } });
  });

  it('tells whoever takes the file that the body broke off, before the caller hears of it', async () => {
    const told: unknown[] = [];
    const onFile = (incoming: IncomingFile): Promise<void> =>
      textOf(incoming).then(
        () => void told.push('whole'),
        (error: unknown) => void told.push(error),
      );
    expect(await send(whole.slice(0, -40), { onFile })).toMatchObject({ status: 400 });
    expect(told).toEqual([expect.any(Error)]);
  });
});
