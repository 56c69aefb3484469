import { isFields, type Fields } from '../fields.js';
import { refuse, type RefusedCall } from '../protocol.js';

export { isFields, type Fields };

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The problems below in OpenAI's words, with its codes. */
export function missing(param: string): RefusedCall {
  const message = `Missing required parameter: '${param}'.`;
  return refuse({ kind: 'invalid_request', model: '', param, code: 'missing_required_parameter', message });
}

export function wrongType(param: string, expected: string, value: unknown): RefusedCall {
  const message = `Invalid type for '${param}': expected ${expected}, but got ${describe(value)} instead.`;
  return refuse({ kind: 'invalid_request', model: '', param, code: 'invalid_type', message });
}

export function invalidValue(param: string, message: string, code = 'invalid_value'): RefusedCall {
  return refuse({ kind: 'invalid_request', model: '', param, code, message: `Invalid '${param}': ${message}` });
}

/** The fields and model that every POST body has, or the complaint. */
export function readModel(body: unknown): { readonly kind: 'read'; fields: Fields; model: string } | RefusedCall {
  if (!isFields(body)) return wrongType('body', 'an object', body);
  const model = body['model'];
  if (model === undefined || model === '') {
    return refuse({ kind: 'invalid_request', model: '', message: 'you must provide a model parameter' });
  }
  return typeof model === 'string' ? { kind: 'read', fields: body, model } : wrongType('model', 'a string', model);
}

/** The complaint about a field that, when given, must be a whole number in this range. */
export function checkInteger(fields: Fields, param: string, minimum: number, maximum: number): RefusedCall | undefined {
  const value = fields[param];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(param, 'an integer', value);
  if (value < minimum) {
    return invalidValue(
      param,
      `integer below minimum value. Expected a value >= ${minimum}, but got ${value} instead.`,
      'integer_below_min_value',
    );
  }
  if (value > maximum) {
    return invalidValue(
      param,
      `integer above maximum value. Expected a value <= ${maximum}, but got ${value} instead.`,
      'integer_above_max_value',
    );
  }
  return undefined;
}

/** A field that is a number or absent; call after `checkInteger`. */
export function optionalNumber(fields: Fields, param: string): number | undefined {
  const value = fields[param];
  return typeof value === 'number' ? value : undefined;
}

/** Whether a stream is wanted, and whether with usage. */
export function readStreaming(fields: Fields): { readonly stream: boolean; readonly includeUsage: boolean } {
  const options = fields['stream_options'];
  return { stream: fields['stream'] === true, includeUsage: isFields(options) && options['include_usage'] === true };
}

/** The texts that end the answer: `stop` is one or several. */
export function readStop(fields: Fields): readonly string[] {
  const { stop } = fields;
  if (typeof stop === 'string') return [stop];
  return Array.isArray(stop) ? stop.filter((text) => typeof text === 'string') : [];
}
