import type { acquireLeasesV1, RequestOf } from '@ao/contracts';
import type { Clock, IdGenerator, Logger } from '@ao/kernel';
import type { Wallet } from '../domain/wallet.js';
import { deriveBudget } from './derive-budget.js';
import { derivedKey, type Derived, type WalletRepository } from './ports.js';

type Request = Pick<RequestOf<typeof acquireLeasesV1>, 'orgId' | 'walletId' | 'budgets'>;

/** Who pays: the path of the wallet, leaf first, then the budgets of other scopes. */
export interface FoundPayers {
  /** Undefined when there is no such wallet in the organisation. */
  path: Wallet[] | undefined;
  scoped: Wallet[];
}

/** Finds the wallets that pay for calls, and makes the budgets that templates promise to values seen for the first time. */
export class FindPayers {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly logger: Logger,
    /** Values come from callers: a template must not fill the database. */
    private readonly derivedPerTemplateMax: number,
  ) {}

  /** In the order of the requests. */
  async execute(requests: readonly Request[]): Promise<FoundPayers[]> {
    const claimed = requests.flatMap(({ budgets }) => budgets);
    const [paths, named] = await Promise.all([
      this.wallets.findPaths([...new Set(requests.map(({ walletId }) => walletId))]),
      this.wallets.findAll([...new Set(claimed.map(({ walletId }) => walletId))]),
    ]);
    const derived = await this.derive(claimed.filter((claim) => claim.values.length > 0).map(toDerived), named);
    return requests.map(({ orgId, walletId, budgets }) => {
      const path = paths.get(walletId);
      const scoped = budgets.flatMap((claim) => {
        // Where a template may have no more budgets, all further values share its own.
        const budget = derived.get(derivedKey(toDerived(claim))) ?? named.get(claim.walletId);
        // One that is gone, switched off or somebody else's limits nothing.
        return budget?.orgId === orgId && budget.scope !== null && budget.active ? [budget] : [];
      });
      return { path: path?.[0]?.orgId === orgId ? path : undefined, scoped };
    });
  }

  private async derive(wanted: Derived[], templates: Map<string, Wallet>): Promise<Map<string, Wallet>> {
    const distinct = [...new Map(wanted.map((one) => [derivedKey(one), one])).values()];
    const found = await this.wallets.findDerived(distinct);
    const missing = distinct.filter((one) => !found.has(derivedKey(one)));
    if (missing.length === 0) return found;
    const budgets: Wallet[] = [];
    for (const { templateId, values } of missing) {
      const template = templates.get(templateId);
      if (!template?.active || !(await this.hasRoom(templateId))) continue;
      const budget = deriveBudget(template, values, this.ids.next('wal'), this.clock.nowMs());
      if (budget) budgets.push(budget);
    }
    await this.wallets.insertDerived(budgets);
    // Read again: another replica may have been quicker with some of them.
    return new Map([...found, ...(await this.wallets.findDerived(missing))]);
  }

  private async hasRoom(templateId: string): Promise<boolean> {
    const count = await this.wallets.countDerived(templateId, this.derivedPerTemplateMax);
    if (count < this.derivedPerTemplateMax) return true;
    this.logger.error(
      { templateId, count },
      'a budget template has as many budgets as it may: further values share one',
    );
    return false;
  }
}

const toDerived = ({ walletId, values }: Request['budgets'][number]): Derived => ({ templateId: walletId, values });
