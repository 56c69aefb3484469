import { UploadedFile } from '../protocols/uploaded-file.js';
import { parseForm } from './parse-form.js';

async function parse(form: FormData): Promise<object> {
  const request = new Request('http://localhost', { method: 'POST', body: form });
  return parseForm(new Uint8Array(await request.arrayBuffer()), request.headers.get('content-type')!);
}

describe('a multipart form', () => {
  it('gives texts, files and lists, whichever way a list is written', async () => {
    const form = new FormData();
    form.append('text', 'Grüße');
    form.append('list[]', 'one');
    form.append('repeated', 'one');
    form.append('repeated', 'two');
    form.append('file', new Blob([new Uint8Array([0, 255, 13, 10])], { type: 'image/png' }), 'a.png');
    const fields = await parse(form);
    expect(fields).toEqual({
      text: 'Grüße',
      list: ['one'],
      repeated: ['one', 'two'],
      file: new UploadedFile('a.png', 'image/png', new Uint8Array([0, 255, 13, 10])),
    });
  });

  it('takes no name for more than a name', async () => {
    const form = new FormData();
    form.append('__proto__', 'x');
    expect(Object.getPrototypeOf(await parse(form))).toBe(Object.prototype);
  });

  it('rejects a body that does not end', async () => {
    const body = Buffer.from('--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nno end');
    await expect(parseForm(body, 'multipart/form-data; boundary=x')).rejects.toThrow();
  });
});
