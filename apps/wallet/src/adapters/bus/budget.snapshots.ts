import type { Bus } from '@ao/bus';
import { budgetsSnapshot, type ScopedBudget } from '@ao/contracts';
import type { BudgetSnapshots } from '../../application/publish-budgets.js';

export class BusBudgetSnapshots implements BudgetSnapshots {
  constructor(private readonly bus: Bus) {}

  publish(version: number, budgets: ScopedBudget[]): Promise<void> {
    return this.bus.putSnapshot(budgetsSnapshot, { version, budgets });
  }

  watch(onBudgets: (budgets: ScopedBudget[]) => void): Promise<{ stop(): Promise<void> }> {
    return this.bus.watchSnapshot(budgetsSnapshot, ({ budgets }) => onBudgets(budgets));
  }
}
