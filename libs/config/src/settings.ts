import { z } from 'zod';
import { StartupError } from '@ao/kernel';

/** One environment variable: what it means, what it may be, what it is by default. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** For `.env.example` and for the error message. */
  description: string;
  /** Parses the text of the variable. */
  schema: Schema;
  /** Used when the variable is unset or empty; absent: the setting is optional and reads as `undefined`. */
  default?: z.output<Schema>;
  /** The default as a person writes it, where the value itself is of another form (money, say). */
  defaultText?: string;
  /** Never printed. */
  secret?: boolean;
}

export type Settings = Record<string, Setting>;

/** The values of a group of settings: one with a default is always there. */
export type Values<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends { default: unknown }
    ? z.output<S[Name]['schema']>
    : z.output<S[Name]['schema']> | undefined;
};

export const setting = <const S extends Setting>(definition: S): S => definition;

/**
 * Reads settings from environment variables.
 * @throws StartupError that names every bad variable at once and says what each may be.
 */
export function loadSettings<S extends Settings>(settings: S, environment: NodeJS.ProcessEnv): Values<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(settings)) {
    const text = environment[name]?.trim();
    if (!text) {
      values[name] = definition.default;
      continue;
    }
    const result = definition.schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else problems.push(`${name}: ${result.error.issues[0]?.message ?? 'invalid'} (${definition.description})`);
  }
  if (problems.length > 0) throw new StartupError(`bad configuration: ${problems.join('; ')}`);
  return values as Values<S>;
}

/** Field types that read text. Their messages say what is expected. */
export const text = (max = 4_096): z.ZodString => z.string().max(max);
export const integer = (min: number, max: number): z.ZodType<number, unknown> =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);
/** A number from 0 to 1. */
export const fraction = (): z.ZodType<number, unknown> =>
  z
    .string()
    .regex(/^(?:0?\.\d{1,6}|0|1(?:\.0{1,6})?)$/, 'must be a number from 0 to 1, such as 0.92')
    .transform(Number);
/** `name=milliseconds`, separated by commas: a second to thirty days each. */
export const durations = (): z.ZodType<Record<string, number>, unknown> =>
  z
    .string()
    .regex(
      /^(?:\s*[^\s,=]{1,256}=\d{4,10}\s*(?:,|$))+$/,
      'must be names with milliseconds, such as chat=60000,code=3600000',
    )
    .transform((value) =>
      Object.fromEntries(
        value.split(',').flatMap((entry) => {
          const [name, duration] = entry.trim().split('=');
          return name ? [[name, Number(duration)]] : [];
        }),
      ),
    )
    .refine(
      (entries) => Object.values(entries).every((duration) => duration >= 1_000 && duration <= 2_592_000_000),
      'must be 1000 to 2592000000 milliseconds each',
    );
export const flag = (): z.ZodType<boolean, unknown> =>
  z
    .string()
    .regex(/^(true|false|1|0|yes|no)$/i, 'must be true or false')
    .transform((value) => /^(true|1|yes)$/i.test(value));
export const choice = <const T extends readonly [string, ...string[]]>(values: T): z.ZodType<T[number], unknown> =>
  z.enum(values, `must be one of ${values.join(', ')}`);
export const url = (...protocols: string[]): z.ZodType<string, unknown> =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)),
      `must be a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    );
/** A comma list, without empty and repeated entries. */
export const list = (): z.ZodType<string[], unknown> =>
  z.string().transform((value) => [
    ...new Set(
      value
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    ),
  ]);

const textOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.join(',')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value ?? '').replaceAll('"', '');

/** The text of an `.env.example`: every setting with its meaning, commented out, at its default. */
export function describeSettings(title: string, settings: Settings): string {
  const lines = Object.entries(settings).map(([name, { description, default: value, defaultText, secret }]) => {
    const shown = secret ? '' : (defaultText ?? textOf(value));
    return `# ${description}\n#${name}=${shown}`;
  });
  return `# --- ${title} ---\n${lines.join('\n')}\n`;
}
