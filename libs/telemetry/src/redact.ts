/**
 * Names under which a secret could reach a log line by mistake. Prompts and answers are never handed to a logger; this
 * net is for objects that carry headers or options along.
 */
const SECRETS = new Set([
  'authorization',
  'cookie',
  'apiKey',
  'api_key',
  'secret',
  'password',
  'key',
  'x-api-key',
  'x-openai-api-key',
]);
const CENSOR = '[redacted]';
/** Below the fields themselves; log fields are shallow. */
const DEPTH_MAX = 2;

/**
 * The fields of a log line without secrets: the same object when there are none. Written by hand because it runs for
 * every request: a general redactor copies and walks by path, at several times the cost of the rest of the line.
 */
export function redactSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return withoutSecrets(fields, DEPTH_MAX);
}

function withoutSecrets<T extends object>(value: T, depth: number): T {
  let copy: T | undefined;
  for (const name of Object.keys(value) as (keyof T & string)[]) {
    const inner: unknown = value[name];
    const shown = SECRETS.has(name) ? CENSOR : depth > 0 && isPlain(inner) ? withoutSecrets(inner, depth - 1) : inner;
    if (shown === inner) continue;
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as T;
    copy[name] = shown as T[keyof T & string];
  }
  return copy ?? value;
}

/** Errors are left to their serializer, which shows nothing but what it knows. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Error);
}
