import { addressedTo, returnLeasesV1, type Lease } from '@ao/contracts';
import { nanoUsd, sleep } from '@ao/kernel';
import { chargeOf, usd, WalletHarness } from './harness.suite.js';

const SLOW_MS = 60_000;

describe('the recall of leases', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start());
  afterEach(() => wallet.assertLaws());
  afterAll(() => wallet.stop());

  /** A gateway that gives back all that its leases have free, as often as it is asked. */
  class FakeGateway {
    recalls = 0;
    private readonly leases = new Map<string, { free: bigint; sequence: number }>();

    constructor(readonly id: string) {}

    hold({ leaseId }: Lease, free: number): void {
      this.leases.set(leaseId, { free: BigInt(free), sequence: 0 });
    }

    async listen(delayMs = 0): Promise<() => Promise<void>> {
      const subscription = await wallet.one.bus.respond(addressedTo(returnLeasesV1, this.id), async () => {
        this.recalls += 1;
        await sleep(delayMs);
        const returns = [...this.leases].map(([leaseId, lease]) => {
          lease.sequence += 1;
          const amount = nanoUsd(lease.free);
          lease.free = 0n;
          return { leaseId, sequence: lease.sequence, amount, close: false };
        });
        return { returns };
      });
      return () => subscription.stop();
    }
  }

  const fresh = async (limit: number): Promise<{ walletId: string; gateway: FakeGateway; lease: Lease }> => {
    const walletId = await wallet.createWallet({ limit: usd(limit) });
    const gateway = new FakeGateway(wallet.id('gw'));
    const lease = (await wallet.hold(walletId, limit, { gatewayId: gateway.id })).get(walletId)!;
    return { walletId, gateway, lease };
  };

  it('[BX-001] brings money that lies idle in another gateway to the call that needs it', async () => {
    const { walletId, gateway, lease } = await fresh(100);
    gateway.hold(lease, 70);
    const stop = await gateway.listen();
    expect(await wallet.acquire(walletId, 60)).toMatchObject({ kind: 'granted', leases: [{ granted: 60n }] });
    expect(await wallet.balance(walletId)).toMatchObject({ held: 90n, available: 10n });
    await stop();
  });

  it('[BX-001] leaves a gateway what its calls under way have reserved, and then refuses with the shortfall', async () => {
    const { walletId, gateway, lease } = await fresh(100);
    gateway.hold(lease, 20);
    const stop = await gateway.listen();
    expect(await wallet.acquire(walletId, 60)).toMatchObject({ kind: 'refused', shortfall: 40n });
    await wallet.settle(wallet.report(80, [chargeOf(lease)]));
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 80n, held: 0n, available: 20n });
    await stop();
  });

  it('asks nobody for money that is wanted ahead of need, nor when no gateway holds any', async () => {
    const { walletId, gateway, lease } = await fresh(100);
    gateway.hold(lease, 100);
    const stop = await gateway.listen();
    expect(await wallet.acquire(walletId, 60, { mayRecall: false })).toMatchObject({ kind: 'refused' });
    const empty = await wallet.createWallet({ limit: usd(10) });
    expect(await wallet.acquire(empty, 60)).toMatchObject({ kind: 'refused' });
    expect(gateway.recalls).toBe(0);
    await stop();
  });

  it('[BX-001] waits a moment for money that is on its way to the gateway that it was granted to', async () => {
    const { walletId, gateway, lease } = await fresh(100);
    const stop = await gateway.listen();
    setTimeout(() => gateway.hold(lease, 70), 30);
    expect(await wallet.acquire(walletId, 60)).toMatchObject({ kind: 'granted', leases: [{ granted: 60n }] });
    await stop();
  });

  it('[BX-001] refuses in time when the gateway that holds the money is away or silent', async () => {
    const { walletId, gateway, lease } = await fresh(100);
    const startedMs = Date.now();
    expect(await wallet.acquire(walletId, 60)).toMatchObject({ kind: 'refused' });
    gateway.hold(lease, 100);
    const stop = await gateway.listen(2_000);
    expect(await wallet.acquire(walletId, 60)).toMatchObject({ kind: 'refused' });
    expect(Date.now() - startedMs).toBeLessThan(1_500);
    await stop();
  });

  it('recalls on every level of a path that lacks money', async () => {
    const root = await wallet.createWallet({ limit: usd(100) });
    const leaf = await wallet.createWallet({ limit: usd(100), parentId: root });
    const gateway = new FakeGateway(wallet.id('gw'));
    for (const lease of (await wallet.hold(leaf, 100, { gatewayId: gateway.id })).values()) gateway.hold(lease, 100);
    const stop = await gateway.listen();
    expect(await wallet.acquire(leaf, 50)).toMatchObject({
      kind: 'granted',
      leases: [{ granted: 50n }, { granted: 50n }],
    });
    await stop();
  });

  it(
    'asks a gateway once for many who need its money at the same time',
    async () => {
      const { walletId, gateway, lease } = await fresh(100);
      gateway.hold(lease, 100);
      const stop = await gateway.listen();
      const answers = await Promise.all(Array.from({ length: 100 }, () => wallet.acquire(walletId, 1)));
      expect(answers.every(({ kind }) => kind === 'granted')).toBe(true);
      expect(gateway.recalls).toBeLessThan(10);
      await stop();
    },
    SLOW_MS,
  );

  it('a refusal is not the answer for good: the same question again may be granted', async () => {
    const walletId = await wallet.createWallet({ limit: usd(10) });
    const lease = (await wallet.hold(walletId, 10)).get(walletId)!;
    const acquisitionId = wallet.id('acq');
    expect(await wallet.acquire(walletId, 5, { acquisitionId })).toMatchObject({ kind: 'refused' });
    await wallet.sync({ returns: [{ leaseId: lease.leaseId, sequence: 1, amount: usd(10), close: true }] });
    expect(await wallet.acquire(walletId, 5, { acquisitionId })).toMatchObject({ kind: 'granted' });
  });
});
