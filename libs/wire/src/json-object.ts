import { AppError } from '@ao/kernel';
import { JSON_DEPTH_MAX } from './json-scan.js';

type Json = Readonly<Record<string, unknown>>;

/** Whether a value is an object with fields: no array, not null. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string, or null for anything else. */
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** An array, or none for anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The objects of an array. */
export const objectsOf = (value: unknown): readonly Json[] => listOf(value).filter(isObject);

/** The fields of a value, or none. */
export const fieldsOf = (value: unknown): Json => (isObject(value) ? value : {});

/**
 * The JSON object of a client's body.
 * @throws AppError `invalid_json`; also for bytes that are not UTF-8, which a provider would read as other text than we.
 */
export function parseBody(body: Buffer): Json {
  try {
    const json: unknown = JSON.parse(UTF_8.decode(body));
    if (isObject(json) && isShallow(json)) return json;
  } catch {
    // Told below, without what the body holds.
  }
  throw new AppError(
    'invalid_json',
    `The request body must be one JSON object in UTF-8, nested at most ${JSON_DEPTH_MAX} levels deep.`,
  );
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Level by level, so that a deep body costs no stack. */
function isShallow(root: object): boolean {
  let level: object[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === JSON_DEPTH_MAX) return false;
    level = level.flatMap((value) =>
      Object.values(value).filter((inner) => typeof inner === 'object' && inner !== null),
    );
  }
  return true;
}

/** Reads the fields of a client's object; every complaint names the field by its path. */
export class RequestObject {
  private constructor(
    readonly json: Json,
    private readonly path: string,
  ) {}

  /** @param path Where it stands in the request, such as `messages[3]`; empty for the request itself. */
  static of(value: unknown, path = ''): RequestObject {
    if (isObject(value)) return new RequestObject(value, path);
    throw invalidField(path || 'body', 'must be an object');
  }

  /** The path of a field. */
  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  has(key: string): boolean {
    return this.json[key] !== undefined && this.json[key] !== null;
  }

  string(key: string): string {
    return this.optionalString(key) ?? this.missing(key);
  }

  optionalString(key: string): string | null {
    return this.optional(key, 'must be a string', (value) => typeof value === 'string');
  }

  optionalBoolean(key: string): boolean | null {
    return this.optional(key, 'must be true or false', (value) => typeof value === 'boolean');
  }

  optionalNumber(key: string, min = -Infinity, max = Infinity): number | null {
    const isFit = (value: unknown): value is number => typeof value === 'number' && value >= min && value <= max;
    return this.optional(key, min === -Infinity ? 'must be a number' : `must be a number from ${min} to ${max}`, isFit);
  }

  optionalInteger(key: string, min: number, max: number): number | null {
    const isFit = (value: unknown): value is number =>
      Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
    return this.optional(key, `must be a whole number from ${min} to ${max}`, isFit);
  }

  optionalObject(key: string): RequestObject | null {
    return this.has(key) ? RequestObject.of(this.json[key], this.at(key)) : null;
  }

  optionalArray(key: string): readonly unknown[] | null {
    return this.optional(key, 'must be an array', (value) => Array.isArray(value));
  }

  /** The objects of an array; none when it is absent. */
  objects(key: string): RequestObject[] {
    return (this.optionalArray(key) ?? []).map((item, index) => RequestObject.of(item, `${this.at(key)}[${index}]`));
  }

  /** The strings of an array, or a lone one; none when it is absent. */
  strings(key: string): string[] {
    const value = this.json[key];
    const list = typeof value === 'string' ? [value] : (this.optionalArray(key) ?? []);
    const isFit = list.every((item) => typeof item === 'string');
    if (!isFit) throw this.invalid(key, 'must be a string or an array of strings');
    return list as string[];
  }

  /** Complains about a field. */
  invalid(key: string, rule: string): AppError {
    return invalidField(this.at(key), rule);
  }

  missing(key: string): never {
    const param = this.at(key);
    throw new AppError('missing_required_parameter', `Set '${param}'.`, { param });
  }

  private optional<T>(key: string, rule: string, isFit: (value: unknown) => value is T): T | null;
  private optional<T>(key: string, rule: string, isFit: (value: unknown) => boolean): T | null;
  private optional<T>(key: string, rule: string, isFit: (value: unknown) => boolean): T | null {
    const value = this.json[key];
    if (value === undefined || value === null) return null;
    if (isFit(value)) return value as T;
    throw this.invalid(key, rule);
  }
}

function invalidField(param: string, rule: string): AppError {
  return new AppError('invalid_parameter', `'${param}' ${rule}.`, { param });
}

/** Content that a provider's protocol has no way to say. */
export function inexpressible(what: string, protocol: string): AppError {
  return new AppError(
    'unsupported_parameter',
    `The provider of this model cannot take ${what} (its protocol is ${protocol}). Leave it out, or choose another model.`,
    { param: 'messages' },
  );
}
