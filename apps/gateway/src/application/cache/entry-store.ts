import type { KeyValue } from '@ao/keyvalue';
import type { IdGenerator, Logger } from '@ao/kernel';
import { decodeEntry, encodeEntry, type CacheEntry } from './cache-entry.js';
import type { CacheScope } from './cache-scope.js';

interface EntryStoreOptions {
  /** Seals a text under the master key, for one place only. */
  seal: (text: string, of: string) => string;
  /** @throws for a text that was sealed for another place, or tampered with. */
  open: (sealed: string, of: string) => string;
  ids: IdGenerator;
  logger: Logger;
}

/** What is found where an answer may be kept. */
export interface Lookup {
  /** Of the scope now; an answer to a question that is asked now is kept under it. */
  generation: string;
  entry: CacheEntry | null;
}

const HOUR_MS = 3_600_000;
/** Longer than any answer is kept: what was forgotten must be gone before it is forgotten that it was. */
const GENERATION_TTL_MS = 31 * 24 * HOUR_MS;
/** Entries are counted no further, so that counting stays cheap. */
const ENTRIES_COUNTED_MAX = 10_000;

/**
 * Answers in the shared store, sealed. Forgetting a scope gives it a new generation: entries of the one before are no
 * longer served, by no replica, and end in their time.
 */
export class EntryStore {
  constructor(
    private readonly store: KeyValue,
    private readonly options: EntryStoreOptions,
  ) {}

  /** One trip to the store. @throws AppError `backend_unavailable`. */
  async find(scope: CacheScope, digest: string): Promise<Lookup> {
    const key = keyOf(scope, digest);
    const [generation, sealed] = await Promise.all([this.generationOf(scope), this.store.get(key)]);
    return { generation, entry: sealed && this.read(key, sealed, generation) };
  }

  /** Keeps an answer unless its organisation has kept too much within the hour. */
  async save(
    scope: CacheScope,
    digest: string,
    { entry, generation }: { entry: CacheEntry; generation: string },
    { ttlMs, organisationBytesPerHourMax: limit }: { ttlMs: number; organisationBytesPerHourMax: number },
  ): Promise<boolean> {
    const key = keyOf(scope, digest);
    const sealed = this.options.seal(encodeEntry(entry, generation), key);
    const room = {
      kind: 'window' as const,
      key: `cache-bytes:${scope.orgId}`,
      limit,
      windowMs: HOUR_MS,
      amount: sealed.length,
    };
    if (!(await this.store.takeTokens([room])).allowed) return false;
    await this.store.set(key, sealed, { ttlMs });
    await this.store.addMember(membersKey(scope, generation), digest, { ttlMs, membersMax: ENTRIES_COUNTED_MAX });
    return true;
  }

  /** How many answers are kept for an owner. */
  async countEntries(scope: CacheScope): Promise<number> {
    return this.store.countMembers(membersKey(scope, await this.generationOf(scope)));
  }

  /** Forgets what an organisation has, or one owner in it, or a part of that. */
  async forget(orgId: string, owner?: string, part?: string): Promise<void> {
    const key = generationKey(orgId, owner, part);
    await this.store.set(key, this.options.ids.next('gen'), { ttlMs: GENERATION_TTL_MS });
  }

  /** One text for all that is above an entry; it changes when any of it is forgotten. */
  private async generationOf({ orgId, owner, part }: CacheScope): Promise<string> {
    const keys = [generationKey(orgId), generationKey(orgId, owner)];
    if (part !== null) keys.push(generationKey(orgId, owner, part));
    const generations = await Promise.all(keys.map((key) => this.store.get(key)));
    return generations.map((generation) => generation?.toString() ?? '').join('/');
  }

  private read(key: string, sealed: Buffer, generation: string): CacheEntry | null {
    const found = this.opened(key, sealed);
    if (found) return found.generation === generation ? found.entry : null;
    this.options.logger.warn({ key }, 'an entry of the response cache was dropped: it was damaged or tampered with');
    void this.store.delete(key).catch(() => undefined);
    return null;
  }

  private opened(key: string, sealed: Buffer): ReturnType<typeof decodeEntry> {
    try {
      return decodeEntry(this.options.open(sealed.toString(), key));
    } catch {
      return null;
    }
  }
}

export const keyOf = ({ orgId, owner, part }: CacheScope, digest: string): string =>
  `cache:${orgId}:${owner}:${part ?? ''}:${digest}`;

const generationKey = (...path: (string | undefined)[]): string =>
  ['cache-generation', ...path.filter((name) => name !== undefined)].join(':');

/** Of the whole owner: parts have no count of their own. */
const membersKey = ({ orgId, owner }: CacheScope, generation: string): string =>
  `cache-entries:${orgId}:${owner}:${generation.split('/').slice(0, 2).join('/')}`;
