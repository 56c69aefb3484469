import type { ApiClient, Query } from './client.js';
import type { Page } from './types.js';

/** The most rows the API gives at once. */
const ROWS_PER_PAGE = 500;
const PAGES_MAX = 4;

export interface WholeList<Row> {
  rows: Row[];
  /** False: there are more rows than the dashboard loads. */
  complete: boolean;
}

/** Follows a list's cursor to its end, but never further than 2,000 rows. */
export async function listAll<Row>(
  api: ApiClient,
  path: string,
  query: Query = {},
  signal?: AbortSignal,
): Promise<WholeList<Row>> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer: Page<Row> = await api.call<Page<Row>>(path, {
      query: { ...query, limit: ROWS_PER_PAGE, cursor },
      ...(signal && { signal }),
    });
    rows.push(...answer.data);
    cursor = answer.next_cursor;
    if (cursor === null) return { rows, complete: true };
  }
  return { rows, complete: false };
}
