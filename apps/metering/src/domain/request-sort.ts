import { STARTED_AT_MS_MAX } from './storable.js';

/** How a list of calls may be sorted; a minus sorts from the highest down. Ties follow the request id. */
export type RequestSort = 'started_at' | '-started_at' | 'cost' | '-cost' | 'latency' | '-latency';

/** Where a page of a sorted list ended. */
export interface RequestPosition {
  /** The sorted field: milliseconds, nano-dollars as digits. */
  value: string;
  requestId: string;
}

interface SortedFields {
  startedAtMs: number;
  cost: bigint;
  durationMs: number;
  requestId: string;
}

/** The position of a call in a list, as text for a cursor. */
export function positionOf(call: SortedFields, sort: RequestSort): string {
  return [sort, valueOf(call, sort), call.requestId].join('|');
}

/** The position that a cursor holds; undefined when it is none, or one of another sort. */
export function parsePosition(text: string, sort: RequestSort): RequestPosition | undefined {
  const [of, value = '', ...rest] = text.split('|');
  const requestId = rest.join('|');
  return of === sort && requestId && isValueOf(value, sort) ? { value, requestId } : undefined;
}

function isValueOf(text: string, sort: RequestSort): boolean {
  if (sort.endsWith('latency')) return DECIMAL.test(text) && Number.isFinite(Number(text));
  return INTEGER.test(text) && (sort.endsWith('cost') || Number(text) <= STARTED_AT_MS_MAX);
}

/** As far as `COST_NANO_USD_MAX`. */
const INTEGER = /^\d{1,18}$/;
/** What JavaScript writes for a number that is not negative. */
const DECIMAL = /^\d{1,21}(?:\.\d{1,20})?(?:e[+-]\d{1,3})?$/;

function valueOf(call: SortedFields, sort: RequestSort): string {
  if (sort.endsWith('started_at')) return String(call.startedAtMs);
  return String(sort.endsWith('cost') ? call.cost : call.durationMs);
}
