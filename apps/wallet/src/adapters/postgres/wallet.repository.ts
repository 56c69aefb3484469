import type { EncodedEvent } from '@ao/bus';
import { confirmClaim } from '@ao/database';
import {
  derivedKey,
  type Derived,
  type Idempotency,
  type WalletPage,
  type WalletRepository,
  type WalletTree,
} from '../../application/ports.js';
import type { Wallet } from '../../domain/wallet.js';
import { Prisma } from './generated/client.js';
import { toWallet, toWalletRow } from './rows.js';
import type { WalletStore } from './store.js';

export class PostgresWalletRepository implements WalletRepository {
  constructor(private readonly store: WalletStore) {}

  async find(orgId: string, walletId: string): Promise<Wallet | null> {
    const row = await this.store.prisma.wallet.findFirst({ where: { orgId, id: walletId } });
    return row && toWallet(row);
  }

  async list(orgId: string, { limit, after, costCenter, templateId }: WalletPage): Promise<Wallet[]> {
    const where: Prisma.WalletWhereInput = { orgId, templateId: templateId ?? null };
    if (after !== undefined) where.id = { lt: after };
    if (costCenter !== undefined) where.costCenter = costCenter;
    const rows = await this.store.prisma.wallet.findMany({ where, orderBy: { id: 'desc' }, take: limit });
    return rows.map(toWallet);
  }

  async findAll(walletIds: readonly string[]): Promise<Map<string, Wallet>> {
    if (walletIds.length === 0) return new Map();
    const rows = await this.store.prisma.wallet.findMany({ where: { id: { in: [...walletIds] } } });
    return new Map(rows.map((row) => [row.id, toWallet(row)]));
  }

  async findPaths(leafIds: readonly string[]): Promise<Map<string, Wallet[]>> {
    const leaves = await this.findAll(leafIds);
    const missing = new Set([...leaves.values()].flatMap(({ path }) => path).filter((id) => !leaves.has(id)));
    const all = new Map([...leaves, ...(await this.findAll([...missing]))]);
    return new Map([...leaves].map(([id, { path }]) => [id, path.map((stepId) => all.get(stepId)!)]));
  }

  async findDerived(wanted: readonly Derived[]): Promise<Map<string, Wallet>> {
    if (wanted.length === 0) return new Map();
    const either = wanted.map(({ templateId, values }) => ({ templateId, templateValues: { equals: [...values] } }));
    const rows = await this.store.prisma.wallet.findMany({ where: { OR: either } });
    return new Map(
      rows.map((row) => [derivedKey({ templateId: row.templateId!, values: row.templateValues }), toWallet(row)]),
    );
  }

  async insertDerived(budgets: readonly Wallet[]): Promise<void> {
    if (budgets.length === 0) return;
    await this.store.prisma.wallet.createMany({ data: budgets.map(toWalletRow), skipDuplicates: true });
  }

  async countDerived(templateId: string, max: number): Promise<number> {
    return (await this.store.prisma.wallet.findMany({ where: { templateId }, select: { id: true }, take: max })).length;
  }

  async listScoped(): Promise<Wallet[]> {
    const where = { scope: { not: Prisma.DbNull }, templateId: null, active: true };
    return (await this.store.prisma.wallet.findMany({ where, orderBy: { id: 'asc' } })).map(toWallet);
  }

  change<T>(orgId: string, work: (tree: WalletTree) => Promise<T>): Promise<T> {
    return this.store.changeOrganisation(orgId, (prisma) => work(new PostgresWalletTree(prisma, orgId)));
  }
}

class PostgresWalletTree implements WalletTree {
  constructor(
    private readonly prisma: Prisma.TransactionClient,
    private readonly orgId: string,
  ) {}

  async find(walletId: string): Promise<Wallet | null> {
    const row = await this.prisma.wallet.findFirst({ where: { orgId: this.orgId, id: walletId } });
    return row && toWallet(row);
  }

  async findMade(idempotencyKey: string): Promise<{ wallet: Wallet; fingerprint: string } | null> {
    const row = await this.prisma.wallet.findFirst({ where: { orgId: this.orgId, idempotencyKey } });
    return row && { wallet: toWallet(row), fingerprint: row.idempotencyFingerprint ?? '' };
  }

  async ancestorsOf({ path }: Pick<Wallet, 'path'>): Promise<Wallet[]> {
    const above = path.slice(1);
    const rows = await this.prisma.wallet.findMany({ where: { orgId: this.orgId, id: { in: above } } });
    return rows.map(toWallet).sort((a, b) => above.indexOf(a.id) - above.indexOf(b.id));
  }

  async richestBelow(walletId: string): Promise<Wallet | null> {
    const row = await this.prisma.wallet.findFirst({
      where: { orgId: this.orgId, path: { has: walletId }, id: { not: walletId }, spendLimit: { not: null } },
      orderBy: { spendLimit: 'desc' },
    });
    return row && toWallet(row);
  }

  count(): Promise<number> {
    return this.prisma.wallet.count({ where: { orgId: this.orgId, templateId: null } });
  }

  countScoped(): Promise<number> {
    const scope = { not: Prisma.DbNull };
    return this.prisma.wallet.count({ where: { orgId: this.orgId, templateId: null, active: true, scope } });
  }

  async insert(wallet: Wallet, idempotency: Idempotency | null, events: EncodedEvent[]): Promise<void> {
    const repeated = {
      idempotencyKey: idempotency?.key ?? null,
      idempotencyFingerprint: idempotency?.fingerprint ?? null,
    };
    await this.prisma.wallet.create({ data: { ...toWalletRow(wallet), ...repeated } });
    await this.prisma.outbox.createMany({ data: events });
    await confirmClaim(this.prisma);
  }

  async update(wallet: Wallet, events: EncodedEvent[]): Promise<void> {
    const { id, ...data } = toWalletRow(wallet);
    await this.prisma.wallet.update({ where: { id }, data: { ...data, followsTemplate: false } });
    const { spendLimit, overdraftPercent, thresholdsPercent, costCenter, active } = data;
    const settings = { spendLimit, overdraftPercent, thresholdsPercent, costCenter, active };
    await this.prisma.wallet.updateMany({ where: { templateId: id, followsTemplate: true }, data: settings });
    await this.prisma.outbox.createMany({ data: events });
    await confirmClaim(this.prisma);
  }

  async forgetTopUpRequest(walletId: string): Promise<void> {
    const where = { walletId, topUpRequestedAt: { not: null } };
    await this.prisma.periodBalance.updateMany({ where, data: { topUpRequestedAt: null } });
  }
}
