/** A thousand million dollars for one call: a mistake, and the most that the column and its cursors are made for. */
const COST_NANO_USD_MAX = 10n ** 18n - 1n;
/** The end of the year 9999, after which dates are written in another form. */
export const STARTED_AT_MS_MAX = 253_402_300_799_999;

export type RefusalReason = 'cost_out_of_range' | 'started_at_out_of_range' | 'request_id_taken';

/** Why the request log cannot take a call; undefined when it can. */
export function refusalOf(call: { cost: bigint; startedAtMs: number }): RefusalReason | undefined {
  if (call.cost < 0n || call.cost > COST_NANO_USD_MAX) return 'cost_out_of_range';
  return call.startedAtMs > STARTED_AT_MS_MAX ? 'started_at_out_of_range' : undefined;
}

/** As JSON shows them: the NUL character and lone halves of surrogate pairs, which PostgreSQL refuses in any text. */
const UNSTORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Whether a JSON text may hold characters that PostgreSQL refuses. */
export const hasUnstorableText = (json: string): boolean => UNSTORABLE.test(json);

/** A copy of a JSON-like value with such characters replaced by U+FFFD, in keys and values: one must not hold up all. */
export function withStorableText<T>(value: T): T {
  if (typeof value === 'string') return storable(value) as T;
  if (Array.isArray(value)) return value.map(withStorableText) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [storable(key), withStorableText(held)])) as T;
}

const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
