import type { ModelBudget, WalletPeriod } from '@ao/contracts';
import { z } from 'zod';
import { usdField } from './fields.js';

const MODELS_MAX = 50;

/** LiteLLM counts days back from now; ours are calendar periods of about that length. */
const PERIODS: Readonly<Record<string, WalletPeriod>> = {
  none: 'none',
  day: 'day',
  week: 'week',
  month: 'month',
  '24h': 'day',
  '1d': 'day',
  '7d': 'week',
  '30d': 'month',
  '1mo': 'month',
};

const period = z.enum(Object.keys(PERIODS) as [string, ...string[]]).transform((name) => PERIODS[name]!);
const ours = z.strictObject({ limit_usd: usdField, period: period.default('none') });
const liteLlms = z.strictObject({ budget_limit: usdField, time_period: period.default('none') });

/** `model_max_budget`, as ours (`{limit_usd, period}`) or in LiteLLM's words (`{budget_limit, time_period}`). */
export const modelBudgetsField = z
  .record(z.string().min(1).max(256), z.union([ours, liteLlms]))
  .refine((budgets) => Object.keys(budgets).length <= MODELS_MAX, `at most ${MODELS_MAX} models`)
  .transform((budgets): ModelBudget[] =>
    Object.entries(budgets).map(([model, budget]) =>
      'limit_usd' in budget
        ? { model, limit: budget.limit_usd, period: budget.period }
        : { model, limit: budget.budget_limit, period: budget.time_period },
    ),
  );
