import type { listEntriesV1, RequestOf, WalletEntry } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { decodeCursor, requireAdmin, toPage } from '@ao/runtime';
import { effectOf } from '../domain/entry.js';
import type { EntryPosition, LedgerReader, ListedEntry } from './credit-ports.js';
import type { WalletRepository } from './ports.js';

type Request = RequestOf<typeof listEntriesV1>;

/** Shows why a balance is what it is: what the entries add sums to it. */
export class ListEntries {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly reader: LedgerReader,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `invalid_parameter` (cursor), `timeout` (too much to search). */
  async execute(request: Request): Promise<{ data: WalletEntry[]; nextCursor: string | null }> {
    const { actor, walletId, limit, cursor, kind, from, to } = request;
    requireAdmin(actor);
    if (!(await this.wallets.find(actor.orgId, walletId))) {
      throw new AppError('not_found', `There is no wallet ${walletId}.`, { param: 'id' });
    }
    const after = readPosition(decodeCursor(cursor));
    const rows = await this.reader.listEntries({ walletId, kind, from, before: to, after, limit: limit + 1 });
    const page = toPage(rows, limit, ({ postedAtMs, id }) => `${postedAtMs} ${id}`);
    return { ...page, data: page.data.map(toMessage) };
  }
}

function readPosition(text: string | undefined): EntryPosition | undefined {
  if (text === undefined) return undefined;
  const [, postedAtMs, id] = /^(\d{1,16}) (\w{1,128})$/.exec(text) ?? [];
  if (postedAtMs && id) return { postedAtMs: Number(postedAtMs), id };
  throw new AppError('invalid_parameter', 'The cursor is not one that this list gave out.', { param: 'cursor' });
}

const toMessage = ({ postedAtMs, ...entry }: ListedEntry): WalletEntry => ({
  ...entry,
  ...effectOf(entry),
  postedAt: new Date(postedAtMs).toISOString(),
});
