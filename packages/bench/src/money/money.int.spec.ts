import { measureMoney } from './run-money.js';
import { MONEY_SCENARIOS } from './money-scenarios.js';

const SLOW_MS = 120_000;

describe('the benchmark of money', () => {
  it.each(MONEY_SCENARIOS)(
    'measures $name over books of every size it names',
    async (scenario) => {
      // The smallest and the deepest: setting up the others takes longer than they tell here.
      const books = [scenario.books[0]!, { wallets: 2, depth: 3, gateways: 2 }];
      const { rows } = await measureMoney({ ...scenario, books }, 300, () => undefined);
      expect(rows).toHaveLength(2);
      for (const { perSecond } of rows) expect(perSecond).toBeGreaterThan(0);
    },
    SLOW_MS,
  );
});
