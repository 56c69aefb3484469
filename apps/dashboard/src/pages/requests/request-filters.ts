import type { Query } from '../../api/client.js';
import type { SortField } from './requests-table.js';

const PAGE_ROWS = 50;

/** Status filters by their name in the address. */
const STATUS_RANGES: Readonly<Record<string, { status_min: number; status_max: number }>> = {
  ok: { status_min: 200, status_max: 299 },
  refused: { status_min: 400, status_max: 499 },
  failed: { status_min: 500, status_max: 599 },
};
const SORTS: readonly string[] = ['started_at', '-started_at', 'cost', '-cost', 'latency', '-latency'];
const DEFAULT_SORT = '-started_at';

export interface Filters {
  /** `ok`, `refused`, `failed`, or empty. */
  status: string;
  model: string;
  sort: string;
}

/** The filters of an address; what the API would refuse is left out. */
export const readFilters = (query: Readonly<Record<string, string>>): Filters => ({
  status: query['status'] && Object.hasOwn(STATUS_RANGES, query['status']) ? query['status'] : '',
  model: query['model'] ?? '',
  sort: query['sort'] && SORTS.includes(query['sort']) ? query['sort'] : DEFAULT_SORT,
});

/** The address of filters: the default sort is not worth naming. */
export const writeFilters = ({ status, model, sort }: Filters): Record<string, string> => ({
  status,
  model,
  sort: sort === DEFAULT_SORT ? '' : sort,
});

/** What to ask of `GET /v1/requests`. */
export const toApiQuery = ({ status, model, sort }: Filters, cursor: string | null): Query => ({
  limit: PAGE_ROWS,
  sort,
  model,
  cursor,
  ...STATUS_RANGES[status],
});

/** A click on a heading: largest or latest first, the second time the other way. */
export const toggleSort = (sort: string, field: SortField): string => (sort === `-${field}` ? field : `-${field}`);
