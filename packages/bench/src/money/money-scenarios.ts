/** How large the books are that money is moved in. */
export interface Books {
  wallets: number;
  /** Wallets that pay for one call: a key's own and those above it. */
  depth: number;
  gateways: number;
}

type MoneyOperation = 'reservations' | 'leases' | 'settlements';

export interface MoneyScenario {
  name: MoneyOperation;
  /** What one operation is. */
  what: string;
  /** DESIGN §10, for books of the first row. */
  targetPerSecond: number;
  books: readonly Books[];
}

/** One figure grows per row: wallets, then depth, then gateways. */
export const MONEY_SCENARIOS: readonly MoneyScenario[] = [
  {
    name: 'reservations',
    what: 'reserve and settle in a gateway, from leases at hand',
    targetPerSecond: 200_000,
    books: [
      { wallets: 1, depth: 1, gateways: 1 },
      { wallets: 1_000, depth: 1, gateways: 1 },
      { wallets: 50_000, depth: 1, gateways: 1 },
      { wallets: 1_000, depth: 3, gateways: 1 },
      { wallets: 1_000, depth: 8, gateways: 1 },
    ],
  },
  {
    name: 'leases',
    what: 'leases granted by the wallet service, PostgreSQL behind it',
    targetPerSecond: 5_000,
    books: [
      { wallets: 1, depth: 1, gateways: 1 },
      { wallets: 500, depth: 1, gateways: 1 },
      { wallets: 500, depth: 3, gateways: 1 },
      { wallets: 500, depth: 3, gateways: 8 },
    ],
  },
  {
    name: 'settlements',
    what: 'usage records from the bus to the ledger, PostgreSQL behind it',
    targetPerSecond: 10_000,
    books: [
      { wallets: 1, depth: 1, gateways: 1 },
      { wallets: 500, depth: 1, gateways: 1 },
      { wallets: 500, depth: 3, gateways: 1 },
      { wallets: 500, depth: 3, gateways: 8 },
    ],
  },
];

interface MoneyRow extends Books {
  perSecond: number;
}

/** A scenario as it is reported. */
export interface MoneySummary {
  name: MoneyOperation;
  what: string;
  targetPerSecond: number;
  rows: MoneyRow[];
}
