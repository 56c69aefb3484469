import type { Fields } from '../fields.js';
import { invalidValue, missing } from '../openai/validate.js';
import type { RefusedCall } from '../protocol.js';
import { UploadedFile } from '../uploaded-file.js';

/** A form's texts as the JSON values they stand for: `3` a number, `true` a boolean; everything else stays. */
export function typedFields(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typed(value)]));
}

function typed(value: unknown): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

/** The files sent under a name, at least one. */
export function filesOf(fields: Fields, name: string): readonly UploadedFile[] | RefusedCall {
  const value = fields[name];
  if (value === undefined) return missing(name);
  const files: unknown[] = Array.isArray(value) ? value : [value];
  if (files.every((file) => file instanceof UploadedFile)) return files;
  return invalidValue(name, 'expected a file in a multipart form.');
}
