import { UploadedFile } from '../protocols/uploaded-file.js';

/**
 * Reads a multipart form with the parser of Node's own fetch: each name with its text or `UploadedFile`, or a list of them when
 * the name ends with `[]` (left out) or comes more than once. Rejects when the body is not such a form.
 */
export async function parseForm(body: Uint8Array, contentType: string): Promise<object> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const fields = new Map<string, unknown>();
  for (const [given, entry] of form) {
    const name = given.endsWith('[]') ? given.slice(0, -2) : given;
    const value = typeof entry === 'string' ? entry : await toFile(entry);
    const earlier = fields.get(name);
    if (Array.isArray(earlier)) earlier.push(value);
    else if (earlier !== undefined) fields.set(name, [earlier, value]);
    else fields.set(name, given === name ? value : [value]);
  }
  return Object.fromEntries(fields);
}

async function toFile(file: File): Promise<UploadedFile> {
  return new UploadedFile(file.name, file.type, new Uint8Array(await file.arrayBuffer()));
}
