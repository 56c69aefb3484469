import { AppError } from '@ao/kernel';
import { LOWER_N, OPEN_BRACE, QUOTE } from '../bytes.js';
import { locateFields, readJson, type ByteRange, type LocatedFields, type ReadValue } from '../json-fields.js';
import { JSON_DEPTH_MAX } from '../json-scan.js';
import { readString } from '../json-strings.js';

/** A value that counts as given: present and not null. */
export function given(body: Buffer, fields: LocatedFields, key: string): ByteRange | null {
  const range = fields.values.get(key);
  return range === undefined || body[range.start] === LOWER_N ? null : range;
}

/** The fields of a request body. Throws `invalid_json`, or `invalid_parameter` when a field is given twice. */
export function requestFields(body: Buffer, readValue?: ReadValue): LocatedFields {
  const fields = locateFields(body, readValue);
  if (fields === null) {
    throw new AppError(
      'invalid_json',
      `The request body must be one JSON object, nested at most ${JSON_DEPTH_MAX} levels deep.`,
    );
  }
  // Which of the two counts differs from parser to parser: the provider could serve, and charge for, what we did not read.
  if (fields.duplicate !== null) throw invalid(fields.duplicate, 'must be given only once');
  return fields;
}

/** Throws `missing_required_parameter` or `invalid_parameter`. */
export function requiredModel(body: Buffer, fields: LocatedFields, lengthMax: number): string {
  const range = given(body, fields, 'model');
  if (range === null) throw missing('model', 'the model that shall answer');
  const model = stringAt(body, range, 'model');
  if (model === '') throw missing('model', 'the model that shall answer');
  if (model.length > lengthMax) throw invalid('model', `must have at most ${lengthMax} characters`);
  return model;
}

export function optionalString(body: Buffer, fields: LocatedFields, key: string): string | null {
  const range = given(body, fields, key);
  return range && stringAt(body, range, key);
}

export function optionalBoolean(body: Buffer, fields: LocatedFields, key: string): boolean | null {
  const range = given(body, fields, key);
  if (range === null) return null;
  const value = jsonAt(body, range, key);
  if (typeof value !== 'boolean') throw invalid(key, 'must be true or false');
  return value;
}

export function optionalInteger(
  body: Buffer,
  fields: LocatedFields,
  key: string,
  limits: { readonly min: number; readonly max: number },
): number | null {
  const range = given(body, fields, key);
  if (range === null) return null;
  const value = jsonAt(body, range, key);
  if (!Number.isInteger(value) || (value as number) < limits.min || (value as number) > limits.max) {
    throw invalid(key, `must be a whole number from ${limits.min} to ${limits.max}`);
  }
  return value as number;
}

export function optionalObject(
  body: Buffer,
  fields: LocatedFields,
  key: string,
): Readonly<Record<string, unknown>> | null {
  const range = given(body, fields, key);
  if (range === null) return null;
  if (body[range.start] !== OPEN_BRACE) throw invalid(key, 'must be an object');
  return jsonAt(body, range, key) as Readonly<Record<string, unknown>>;
}

/** Throws `invalid_parameter` when the value is no string, `invalid_json` when it is a broken one. */
function stringAt(body: Buffer, range: ByteRange, param: string): string {
  if (body[range.start] !== QUOTE) throw invalid(param, 'must be a string');
  const text = readString(body, range.start, range.end);
  if (text === null) throw invalidJsonIn(param);
  return text;
}

export function missing(param: string, what: string): AppError {
  return new AppError('missing_required_parameter', `Set '${param}' to ${what}.`, { param });
}

export function invalid(param: string, rule: string): AppError {
  return new AppError('invalid_parameter', `'${param}' ${rule}.`, { param });
}

/** Throws `invalid_json`. */
export function jsonAt(body: Buffer, range: ByteRange, param: string): unknown {
  try {
    return readJson(body, range);
  } catch {
    throw invalidJsonIn(param);
  }
}

function invalidJsonIn(param: string): AppError {
  return new AppError('invalid_json', `The request body is not valid JSON at '${param}'.`, { param });
}
