import { integer, loadSettings, setting, type Values } from '@ao/config';

export const walletSettings = {
  LEASE_TTL_MS: setting({
    description: 'how long a gateway may give out money from a budget lease without renewing it',
    schema: integer(1_000, 3_600_000),
    default: 60_000,
  }),
  LEASE_GRACE_MS: setting({
    description: 'how long the rest of an expired lease stays held for calls that its gateway has not reported yet',
    schema: integer(0, 86_400_000),
    default: 120_000,
  }),
  LEASE_SHARE_PERCENT_MAX: setting({
    description: 'how much of what a wallet has available one lease may take beyond what its request needs',
    schema: integer(1, 100),
    default: 10,
  }),
  LEASE_SWEEP_INTERVAL_MS: setting({
    description: 'how often leases of silent gateways are looked for',
    schema: integer(100, 3_600_000),
    default: 5_000,
  }),
  CREDIT_SWEEP_INTERVAL_MS: setting({
    description: 'how often expired credits of prepaid wallets that nobody uses are looked for',
    schema: integer(100, 86_400_000),
    default: 60_000,
  }),
  LEDGER_CHECK_INTERVAL_MS: setting({
    description: 'how often the laws of the ledger are checked over what was posted since; over all of it once a day',
    schema: integer(1_000, 86_400_000),
    default: 300_000,
  }),
  SCOPED_BUDGETS_PER_ORGANISATION_MAX: setting({
    description: 'how many budgets with a scope one organisation may have; one with "*" counts once',
    schema: integer(0, 10_000),
    default: 1_000,
  }),
  BUDGETS_PER_TEMPLATE_MAX: setting({
    description: 'for how many values a budget template makes a budget of its own; further ones share one',
    schema: integer(1, 10_000_000),
    default: 100_000,
  }),
  BUDGET_POLL_INTERVAL_MS: setting({
    description: 'how often the budgets with a scope are compared with what the gateways know',
    schema: integer(100, 3_600_000),
    default: 5_000,
  }),
  WALLETS_PER_ORGANISATION_MAX: setting({
    description: 'how many wallets one organisation may have',
    schema: integer(1, 10_000_000),
    default: 100_000,
  }),
} as const;

export type WalletConfig = Values<typeof walletSettings>;
export const loadWalletConfig = (environment: NodeJS.ProcessEnv): WalletConfig =>
  loadSettings(walletSettings, environment);
