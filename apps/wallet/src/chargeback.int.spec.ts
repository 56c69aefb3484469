import { exportChargebackV1, summariseChargesV1, type Actor, type ChargeSummary } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { admin, usd, WalletHarness } from './harness.suite.js';

const range = { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' };
const charge = (walletId: string | null, cost: number): ChargeSummary => ({
  teamId: null,
  walletId,
  provider: 'openai',
  model: 'gpt-4o',
  calls: 1,
  cost: usd(cost),
});

describe('the chargeback', () => {
  const wallet = new WalletHarness();
  let rows: ChargeSummary[] | AppError = [];
  beforeAll(async () => {
    await wallet.start();
    await wallet.one.bus.respond(summariseChargesV1, async () => {
      if (rows instanceof AppError) throw rows;
      return { rows };
    });
  });
  afterAll(() => wallet.stop());

  const ask = (call: object = {}, actor: Actor = admin) =>
    wallet.one.bus.request(exportChargebackV1, { actor, ...range, ...call });

  it('[WL-012] [WL-016] names the wallets, with the cost center of the nearest above that has one', async () => {
    const root = await wallet.createWallet({ name: 'Root', costCenter: 'cc-root' });
    const middle = await wallet.createWallet({ name: 'Middle', parentId: root });
    const leaf = await wallet.createWallet({ name: 'Leaf', parentId: middle, costCenter: 'cc-leaf' });
    const bare = await wallet.createWallet({ name: 'Bare' });
    rows = [
      charge(root, 1),
      charge(middle, 2),
      charge(leaf, 4),
      charge(bare, 8),
      charge('wal_gone', 16),
      charge(null, 32),
    ];
    const answer = await ask();
    expect(answer.rows.map(({ walletName, costCenter, cost }) => [walletName, costCenter, Number(cost)])).toEqual([
      ['Root', 'cc-root', 1],
      ['Middle', 'cc-root', 2],
      ['Leaf', 'cc-leaf', 4],
      ['Bare', null, 8],
      [null, null, 16],
      [null, null, 32],
    ]);
    expect(answer.total).toBe(63n);
    expect(await ask({ costCenter: 'cc-root' })).toMatchObject({ rows: { length: 2 }, total: 3n });
  });

  it('[WL-012] names no wallet of another organisation', async () => {
    const walletId = await wallet.createWallet({ name: 'Secret', costCenter: 'cc-secret' });
    rows = [charge(walletId, 1)];
    const stranger: Actor = { orgId: 'org_2', keyId: 'key_9', role: 'owner' };
    expect((await ask({}, stranger)).rows).toMatchObject([{ walletName: null, costCenter: null }]);
  });

  it('[WL-012] is for admins, of a year at most, and not there while metering is away', async () => {
    await expect(ask({}, { ...admin, role: 'member' })).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(ask({ to: range.from })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'to' });
    await expect(ask({ to: '2027-02-01T00:00:00.000Z' })).rejects.toMatchObject({ param: 'to' });
    rows = new AppError('backend_unavailable', 'away');
    await expect(ask()).rejects.toMatchObject({ code: 'backend_unavailable' });
  });
});
