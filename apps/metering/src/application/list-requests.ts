import type { listRequestsV1, RequestLogRow, RequestOf } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { decodeCursor, toPage } from '@ao/runtime';
import { parsePosition, positionOf, type RequestPosition, type RequestSort } from '../domain/request-sort.js';
import type { RequestLog } from './ports.js';
import { visibleKeyOf } from './visible-key.js';

type Request = RequestOf<typeof listRequestsV1>;

/** Pages through the calls of the actor's organisation. */
export class ListRequests {
  constructor(private readonly log: RequestLog) {}

  /** @throws AppError `invalid_parameter` (cursor), `timeout` (too much to search). */
  async execute(request: Request): Promise<{ data: RequestLogRow[]; nextCursor: string | null }> {
    const { actor, limit, cursor, sort, keyId, from, to, ...filters } = request;
    const rows = await this.log.list({
      teamId: filters.teamId,
      walletId: filters.walletId,
      costCenter: filters.costCenter,
      model: filters.model,
      provider: filters.provider,
      tag: filters.tag,
      correlationId: filters.correlationId,
      statusMin: filters.statusMin,
      statusMax: filters.statusMax,
      orgId: actor.orgId,
      keyIds: [visibleKeyOf(actor), keyId].filter((id) => id != null),
      startedFrom: from,
      startedBefore: to,
      sort,
      after: readCursor(cursor, sort),
      limit: limit + 1,
    });
    return toPage(rows, limit, (row) => positionOf(row, sort));
  }
}

function readCursor(cursor: string | undefined, sort: RequestSort): RequestPosition | undefined {
  const text = decodeCursor(cursor);
  if (text === undefined) return undefined;
  const position = parsePosition(text, sort);
  if (position) return position;
  const message = 'The cursor belongs to a list that was sorted differently. Keep the sort while you page.';
  throw new AppError('invalid_parameter', message, { param: 'cursor' });
}
