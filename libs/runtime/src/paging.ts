import { AppError } from '@ao/kernel';

/** Cursors are opaque to callers: the sort position of the last row, base64url. */
export const encodeCursor = (position: string): string => Buffer.from(position).toString('base64url');

/** @throws AppError `invalid_parameter` for what `encodeCursor` did not make. */
export function decodeCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const position = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!position || encodeCursor(position) !== cursor) {
    throw new AppError('invalid_parameter', 'The cursor is not one that this API gave out.', { param: 'cursor' });
  }
  return position;
}

/** Cuts rows read with `limit + 1` to a page and names its end. */
export function toPage<Row>(
  rows: Row[],
  limit: number,
  position: (row: Row) => string,
): { data: Row[]; nextCursor: string | null } {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: rows.length > limit && last ? encodeCursor(position(last)) : null };
}
