import type { EncodedEvent } from '@ao/bus';
import { appendMemoryOutbox, type MemorySession, type MemoryTransaction } from '@ao/database/memory';
import {
  derivedKey,
  type Derived,
  type Idempotency,
  type WalletPage,
  type WalletRepository,
  type WalletTree,
} from '../../application/ports.js';
import type { Wallet } from '../../domain/wallet.js';
import type { WalletRow, WalletTables } from './wallet-tables.js';

/** The wallets in memory, for simulations. */
export class MemoryWalletRepository implements WalletRepository {
  constructor(
    private readonly tables: WalletTables,
    private readonly session: MemorySession,
  ) {}

  async find(orgId: string, walletId: string): Promise<Wallet | null> {
    await this.session.statement('find wallet');
    return ofOrganisation(orgId, this.tables.wallets.get(walletId));
  }

  async list(orgId: string, { limit, after, costCenter, templateId }: WalletPage): Promise<Wallet[]> {
    await this.session.statement('list wallets');
    return this.tables.wallets
      .all()
      .map(({ wallet }) => wallet)
      .filter((wallet) => wallet.orgId === orgId && (after === undefined || wallet.id < after))
      .filter((wallet) => (wallet.template?.walletId ?? null) === (templateId ?? null))
      .filter((wallet) => costCenter === undefined || wallet.costCenter === costCenter)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  async findAll(walletIds: readonly string[]): Promise<Map<string, Wallet>> {
    if (walletIds.length === 0) return new Map();
    await this.session.statement('find wallets');
    const rows = walletIds.flatMap((id) => this.tables.wallets.get(id) ?? []);
    return new Map(rows.map(({ wallet }) => [wallet.id, wallet]));
  }

  async findPaths(leafIds: readonly string[]): Promise<Map<string, Wallet[]>> {
    const leaves = await this.findAll(leafIds);
    const missing = new Set([...leaves.values()].flatMap(({ path }) => path).filter((id) => !leaves.has(id)));
    const all = new Map([...leaves, ...(await this.findAll([...missing]))]);
    return new Map([...leaves].map(([id, { path }]) => [id, path.map((stepId) => all.get(stepId)!)]));
  }

  async findDerived(wanted: readonly Derived[]): Promise<Map<string, Wallet>> {
    if (wanted.length === 0) return new Map();
    await this.session.statement('find derived budgets');
    const keys = new Set(wanted.map(derivedKey));
    const found = this.tables.wallets.all().flatMap(({ wallet }) => {
      const key = keyOf(wallet);
      return key !== null && keys.has(key) ? [[key, wallet] as const] : [];
    });
    return new Map(found);
  }

  async insertDerived(budgets: readonly Wallet[]): Promise<void> {
    if (budgets.length === 0) return;
    await this.session.transaction(async (transaction) => {
      await transaction.statement('insert derived budgets');
      for (const wallet of budgets) {
        const key = keyOf(wallet)!;
        // Stands for the unique index over the template and its values.
        if (!(await transaction.insert(this.tables.derived, key, {}))) continue;
        await transaction.insertNew(this.tables.wallets, wallet.id, {
          wallet,
          idempotency: null,
          followsTemplate: true,
        });
      }
    });
  }

  async countDerived(templateId: string, max: number): Promise<number> {
    await this.session.statement('count derived budgets');
    const derived = this.tables.wallets.all().filter(({ wallet }) => wallet.template?.walletId === templateId);
    return Math.min(derived.length, max);
  }

  async listScoped(): Promise<Wallet[]> {
    await this.session.statement('list scoped budgets');
    return this.tables.wallets
      .all()
      .map(({ wallet }) => wallet)
      .filter(({ scope, template, active }) => scope !== null && template === null && active)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  change<T>(orgId: string, work: (tree: WalletTree) => Promise<T>): Promise<T> {
    return this.session.transaction(async (transaction) => {
      await transaction.statement('lock organisation');
      await transaction.lock(this.tables.organisations, [orgId]);
      return work(new MemoryWalletTree(this.tables, transaction, orgId));
    });
  }
}

class MemoryWalletTree implements WalletTree {
  constructor(
    private readonly tables: WalletTables,
    private readonly transaction: MemoryTransaction,
    private readonly orgId: string,
  ) {}

  async find(walletId: string): Promise<Wallet | null> {
    await this.transaction.statement('find wallet');
    return ofOrganisation(this.orgId, this.tables.wallets.get(walletId, this.transaction));
  }

  async findMade(idempotencyKey: string): Promise<{ wallet: Wallet; fingerprint: string } | null> {
    await this.transaction.statement('find made wallet');
    const made = this.rows().find(({ idempotency }) => idempotency?.key === idempotencyKey);
    return made ? { wallet: made.wallet, fingerprint: made.idempotency!.fingerprint } : null;
  }

  async ancestorsOf({ path }: Pick<Wallet, 'path'>): Promise<Wallet[]> {
    await this.transaction.statement('find ancestors');
    return path
      .slice(1)
      .flatMap((id) => ofOrganisation(this.orgId, this.tables.wallets.get(id, this.transaction)) ?? []);
  }

  async richestBelow(walletId: string): Promise<Wallet | null> {
    await this.transaction.statement('find richest below');
    const below = this.rows()
      .map(({ wallet }) => wallet)
      .filter(({ id, path, limit }) => id !== walletId && path.includes(walletId) && limit !== null);
    return below.sort((a, b) => (a.limit! > b.limit! ? -1 : 1))[0] ?? null;
  }

  async count(): Promise<number> {
    await this.transaction.statement('count wallets');
    return this.rows().filter(({ wallet }) => wallet.template === null).length;
  }

  async countScoped(): Promise<number> {
    await this.transaction.statement('count scoped budgets');
    const wallets = this.rows().map(({ wallet }) => wallet);
    return wallets.filter(({ scope, template, active }) => scope !== null && template === null && active).length;
  }

  async insert(wallet: Wallet, idempotency: Idempotency | null, events: EncodedEvent[]): Promise<void> {
    await this.transaction.statement('insert wallet');
    await this.transaction.insertNew(this.tables.wallets, wallet.id, {
      wallet,
      idempotency,
      followsTemplate: true,
    });
    await appendMemoryOutbox(this.tables.database, this.transaction, events);
  }

  async update(wallet: Wallet, events: EncodedEvent[]): Promise<void> {
    await this.transaction.statement('update wallet');
    const { idempotency } = this.tables.wallets.get(wallet.id, this.transaction)!;
    await this.transaction.put(this.tables.wallets, wallet.id, { wallet, idempotency, followsTemplate: false });
    const { limit, overdraftPercent, thresholdsPercent, costCenter, active } = wallet;
    const settings = { limit, overdraftPercent, thresholdsPercent, costCenter, active };
    for (const row of this.rows()) {
      if (row.wallet.template?.walletId !== wallet.id || !row.followsTemplate) continue;
      const changed = { ...row, wallet: { ...row.wallet, ...settings } };
      await this.transaction.put(this.tables.wallets, row.wallet.id, changed);
    }
    await appendMemoryOutbox(this.tables.database, this.transaction, events);
  }

  async forgetTopUpRequest(walletId: string): Promise<void> {
    await this.transaction.statement('forget top-up request');
    for (const [key, row] of this.tables.periods.entries(this.transaction)) {
      if (row.walletId !== walletId || row.credit.topUpRequestedAtMs === null) continue;
      const credit = { ...row.credit, topUpRequestedAtMs: null };
      await this.transaction.put(this.tables.periods, key, { ...row, credit });
    }
  }

  private rows(): Readonly<WalletRow>[] {
    return this.tables.wallets.all(this.transaction).filter(({ wallet }) => wallet.orgId === this.orgId);
  }
}

const ofOrganisation = (orgId: string, row: WalletRow | undefined): Wallet | null =>
  row?.wallet.orgId === orgId ? row.wallet : null;

const keyOf = ({ template }: Wallet): string | null =>
  template && derivedKey({ templateId: template.walletId, values: template.values });
