import { AppError } from '@ao/kernel';
import { z } from 'zod';

/**
 * Parses and checks the JSON body of an administrative call.
 * @throws AppError `invalid_json`; `missing_required_parameter` or `invalid_parameter` naming the first field at fault
 * and, in the message, all of them.
 */
export function readBody<Schema extends z.ZodType>(body: unknown, schema: Schema): z.output<Schema> {
  return check(parseJson(body), schema);
}

/** The same for a query string. */
export function readQuery<Schema extends z.ZodType>(query: unknown, schema: Schema): z.output<Schema> {
  return check(query, schema);
}

function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw new AppError('invalid_json', 'The request body is not valid JSON.', { cause });
  }
}

function check<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  // With what was given: it tells a field that is missing from one of a wrong type.
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 20);
  const first = issues[0]!;
  const missing = first.code === 'invalid_type' && first.input === undefined && first.path.length > 0;
  const message = issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
  throw new AppError(missing ? 'missing_required_parameter' : 'invalid_parameter', message, {
    param: first.path.join('.') || 'body',
  });
}
