import { budgetsSnapshot, listWalletsV1, updateWalletV1, type BudgetScope, type ScopedBudget } from '@ao/contracts';
import { admin, chargeOf, usd, WalletHarness } from './harness.suite.js';

describe('budgets with a scope', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start({ BUDGETS_PER_TEMPLATE_MAX: '3', SCOPED_BUDGETS_PER_ORGANISATION_MAX: '8' }));
  afterEach(async () => {
    await wallet.assertLaws();
    for (const { walletId, orgId } of await published()) if (orgId === 'org_1') await switchOff(walletId);
  });
  afterAll(() => wallet.stop());

  const budget = (scope: BudgetScope, limit: number, name = 'Budget'): Promise<string> =>
    wallet.createWallet({ name, scope, limit: usd(limit) });
  const switchOff = (walletId: string): Promise<unknown> =>
    wallet.one.bus.request(updateWalletV1, { actor: admin, walletId, active: false });
  const published = async (): Promise<ScopedBudget[]> => {
    let latest: ScopedBudget[] = [];
    const watch = await wallet.one.bus.watchSnapshot(budgetsSnapshot, ({ budgets }) => void (latest = budgets));
    await watch.stop();
    return latest;
  };

  it('[BX-018] charge one call to five scopes, and the tightest refuses by its name', async () => {
    const leaf = await wallet.createWallet({ limit: usd(1_000) });
    const limits = { a: 500, b: 400, c: 300, d: 10, e: 200 };
    const scopes: BudgetScope[] = [{}, { team: 'blue' }, { user: 'ann' }, { tag: 'x' }, { provider: 'openai' }];
    const ids = await Promise.all(Object.entries(limits).map(([name, limit], i) => budget(scopes[i]!, limit, name)));
    const budgets = ids.map((walletId) => ({ walletId, values: [] }));
    const answer = await wallet.acquire(leaf, 10, { budgets });
    if (answer.kind === 'refused') throw new Error('refused');
    expect(answer.path.map(({ walletId }) => walletId)).toEqual([leaf, ...ids]);
    await wallet.settle(
      wallet.report(
        6,
        answer.leases.map((lease) => chargeOf(lease)),
      ),
    );
    for (const id of [leaf, ...ids]) expect(await wallet.balance(id)).toMatchObject({ spent: 6n });
    expect(await wallet.acquire(leaf, 5, { budgets })).toMatchObject({
      kind: 'refused',
      walletName: 'd',
      scoped: true,
      reason: 'exhausted',
    });
    expect(await wallet.balance(leaf)).toMatchObject({ held: 4n });
  });

  it('[BX-018] of a template: every value has a budget of its own, made at its first call, once over replicas', async () => {
    const two = await wallet.startReplica();
    const leaf = await wallet.createWallet({ limit: usd(1_000) });
    const template = await budget({ end_user: '*' }, 5, 'Each user');
    const acquire = (user: string, amount: number, by = wallet.one): ReturnType<WalletHarness['acquire']> =>
      wallet.acquire(leaf, amount, { budgets: [{ walletId: template, values: [user] }] }, by);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => acquire('ann', 1, index % 2 ? two : wallet.one)),
    );
    expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(5);
    expect(await acquire('bob', 5)).toMatchObject({ kind: 'granted' });
    const { data } = await wallet.one.bus.request(listWalletsV1, { actor: admin, templateId: template });
    expect(data.map(({ name, scope }) => [name, scope])).toEqual([
      ['Each user: bob', { end_user: 'bob' }],
      ['Each user: ann', { end_user: 'ann' }],
    ]);
    expect(await wallet.balance(template)).toMatchObject({ held: 0n });
    await two.stop();
  });

  it('[BX-018] of a template follow its limit, but for those that were changed by themselves', async () => {
    const leaf = await wallet.createWallet({ limit: usd(1_000) });
    const template = await budget({ session: '*' }, 5);
    const claim = (value: string) => ({ budgets: [{ walletId: template, values: [value] }] });
    for (const value of ['s1', 's2']) await wallet.hold(leaf, 5, claim(value));
    const { data } = await wallet.one.bus.request(listWalletsV1, { actor: admin, templateId: template });
    const own = data.find(({ name }) => name.endsWith('s1'))!.id;
    await wallet.one.bus.request(updateWalletV1, { actor: admin, walletId: own, limit: usd(6) });
    await wallet.one.bus.request(updateWalletV1, { actor: admin, walletId: template, limit: usd(20) });
    expect(await wallet.acquire(leaf, 2, claim('s1'))).toMatchObject({ kind: 'refused', shortfall: 1n });
    expect(await wallet.acquire(leaf, 15, claim('s2'))).toMatchObject({ kind: 'granted' });
  });

  it('[BX-018] of a template: values beyond the number allowed share one budget, so none goes unlimited', async () => {
    const leaf = await wallet.createWallet({ limit: usd(1_000) });
    const template = await budget({ end_user: '*' }, 5);
    const acquire = (user: string): ReturnType<WalletHarness['acquire']> =>
      wallet.acquire(leaf, 4, { budgets: [{ walletId: template, values: [user] }] });
    for (const user of ['a', 'b', 'c', 'd']) expect(await acquire(user)).toMatchObject({ kind: 'granted' });
    expect(await acquire('e')).toMatchObject({ kind: 'refused', scoped: true, shortfall: 3n });
  });

  it('[BX-018] reach the gateways when they are made, and leave when they are switched off', async () => {
    const id = await budget({ key: 'key_9', model: 'gpt-4o' }, 5);
    expect(await published()).toContainEqual({
      walletId: id,
      orgId: 'org_1',
      scope: { key: 'key_9', model: 'gpt-4o' },
    });
    await switchOff(id);
    expect((await published()).map(({ walletId }) => walletId)).not.toContain(id);
    const leaf = await wallet.createWallet({ limit: usd(10) });
    expect(await wallet.acquire(leaf, 6, { budgets: [{ walletId: id, values: [] }] })).toMatchObject({
      kind: 'granted',
    });
  });

  it('[RL-008] of a key on one model refuse when they are spent, leave other models alone, and begin anew with their period', async () => {
    const leaf = await wallet.createWallet({ limit: usd(1_000) });
    const scope = { key: 'key_1', model: 'dear' };
    const id = await wallet.createWallet({ name: 'dear', scope, limit: usd(1), period: 'day' });
    const onModel = { budgets: [{ walletId: id, values: [] }] };
    const spent = await wallet.acquire(leaf, 1, onModel);
    if (spent.kind === 'refused') throw new Error('refused');
    const charges = spent.leases.map((lease) => chargeOf(lease));
    await wallet.settle(wallet.report(1, charges));
    expect(await wallet.acquire(leaf, 1, onModel)).toMatchObject({ kind: 'refused', walletName: 'dear', scoped: true });
    expect(await wallet.acquire(leaf, 1)).toMatchObject({ kind: 'granted' });
    wallet.clock.advanceMs(86_400_000);
    expect(await wallet.acquire(leaf, 1, onModel)).toMatchObject({ kind: 'granted' });
  });

  it('[BX-018] of another organisation limit nothing here, and hold nothing', async () => {
    const leaf = await wallet.createWallet({ limit: usd(10) });
    const foreign = await wallet.createWallet({ actor: { ...admin, orgId: 'org_2' }, scope: {}, limit: usd(1) });
    expect(await wallet.acquire(leaf, 5, { budgets: [{ walletId: foreign, values: [] }] })).toMatchObject({
      kind: 'granted',
    });
    expect(await wallet.balance(foreign, { ...admin, orgId: 'org_2' })).toMatchObject({ held: 0n });
  });

  it('[BX-018] stand alone: no parent, no wallets below, and no more than the limit of them', async () => {
    const root = await wallet.createWallet();
    await expect(wallet.createWallet({ scope: {}, parentId: root })).rejects.toMatchObject({ param: 'parent_id' });
    const scoped = await budget({ team: 'blue' }, 5);
    await expect(wallet.createWallet({ parentId: scoped, limit: usd(1) })).rejects.toMatchObject({
      param: 'parent_id',
    });
    for (let made = 1; made < 8; made += 1) await budget({ tag: `t${made}` }, 1);
    await expect(budget({ tag: 'one more' }, 1)).rejects.toMatchObject({ code: 'conflict' });
  });
});
