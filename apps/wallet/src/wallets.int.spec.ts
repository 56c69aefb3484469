import { createWalletV1, getWalletV1, listWalletsV1, updateWalletV1, type Actor } from '@ao/contracts';
import { waitFor } from '@ao/testing';
import { admin, usd, WalletHarness } from './harness.suite.js';

const member: Actor = { ...admin, role: 'member' };
const stranger: Actor = { orgId: 'org_2', keyId: 'key_9', role: 'owner' };

describe('wallets', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start());
  afterAll(() => wallet.stop());

  const request: WalletHarness['one']['bus']['request'] = (...call) => wallet.one.bus.request(...call);
  const update = (walletId: string, changes: object): Promise<unknown> =>
    request(updateWalletV1, { actor: admin, walletId, ...changes });

  it('[WL-002] are created, read, changed and deactivated by an admin, and the audit chain hears of it', async () => {
    const { wallet: made } = await request(createWalletV1, { actor: admin, name: 'Research', limit: usd(500) });
    expect(await request(getWalletV1, { actor: admin, walletId: made.id })).toEqual({ wallet: made });
    await update(made.id, { name: 'Lab', limit: usd(600), costCenter: 'cc-7' });
    const { wallet: changed } = await request(updateWalletV1, { actor: admin, walletId: made.id, active: false });
    expect(changed).toEqual({ ...made, name: 'Lab', limit: 600n, costCenter: 'cc-7', active: false });
    await waitFor(() => wallet.one.actions.some(({ action }) => action === 'wallet.deactivate'));
    const actions = wallet.one.actions.filter(({ targetId }) => targetId === made.id).map(({ action }) => action);
    expect(actions).toEqual(['wallet.create', 'wallet.update', 'wallet.deactivate']);
  });

  it('[WL-002] are closed to members', async () => {
    const walletId = await wallet.createWallet();
    const denied = { code: 'permission_denied' };
    await expect(request(createWalletV1, { actor: member, name: 'x' })).rejects.toMatchObject(denied);
    await expect(request(listWalletsV1, { actor: member })).rejects.toMatchObject(denied);
    await expect(request(getWalletV1, { actor: member, walletId })).rejects.toMatchObject(denied);
    await expect(request(updateWalletV1, { actor: member, walletId, name: 'x' })).rejects.toMatchObject(denied);
  });

  it('[WL-006] show their balance to admins, and to whom they pay for: the key of a member sees its own path', async () => {
    const root = await wallet.createWallet();
    const leaf = await wallet.createWallet({ parentId: root });
    const sibling = await wallet.createWallet({ parentId: root });
    const payer = { ...member, walletId: leaf };
    expect((await wallet.balance(leaf, payer)).available).toBe(100n);
    expect((await wallet.balance(root, payer)).walletId).toBe(root);
    expect((await wallet.balance(sibling, admin)).walletId).toBe(sibling);
    const denied = { code: 'permission_denied' };
    await expect(wallet.balance(sibling, payer)).rejects.toMatchObject(denied);
    await expect(wallet.balance(leaf, { ...member, walletId: root })).rejects.toMatchObject(denied);
    await expect(wallet.balance(leaf, member)).rejects.toMatchObject(denied);
    await expect(wallet.balance('wal_none', payer)).rejects.toMatchObject(denied);
    await expect(wallet.balance(leaf, { ...payer, orgId: 'org_2' })).rejects.toMatchObject(denied);
  });

  it('[WL-002] do not exist for other organisations', async () => {
    const walletId = await wallet.createWallet();
    const missing = { code: 'not_found' };
    await expect(request(getWalletV1, { actor: stranger, walletId })).rejects.toMatchObject(missing);
    await expect(wallet.balance(walletId, stranger)).rejects.toMatchObject(missing);
    await expect(request(updateWalletV1, { actor: stranger, walletId, name: 'x' })).rejects.toMatchObject(missing);
    const child = { actor: stranger, name: 'x', parentId: walletId };
    await expect(request(createWalletV1, child)).rejects.toMatchObject({ ...missing, param: 'parent_id' });
    expect((await request(listWalletsV1, { actor: stranger })).data).toEqual([]);
  });

  it('[WL-002] are made once per idempotency key, also by ten at once', async () => {
    const call = { actor: admin, name: 'Once', idempotencyKey: 'key-1', limit: usd(5) };
    const made = await Promise.all(Array.from({ length: 10 }, () => request(createWalletV1, call)));
    expect(new Set(made.map(({ wallet: { id } }) => id)).size).toBe(1);
    const other = { ...call, limit: usd(6) };
    await expect(request(createWalletV1, other)).rejects.toMatchObject({ code: 'conflict', param: 'idempotency_key' });
    // Another organisation's key of the same text is another key.
    const theirs = await request(createWalletV1, { ...call, actor: stranger });
    expect(theirs.wallet.id).not.toBe(made.at(0)!.wallet.id);
  });

  it('[WL-008] never give a child more than the nearest limit above it, whichever of the two changes', async () => {
    const root = await wallet.createWallet({ limit: usd(100) });
    const middle = await wallet.createWallet({ limit: null, parentId: root });
    const tooMuch = { code: 'invalid_parameter', param: 'limit_usd' };
    await expect(wallet.createWallet({ limit: usd(101), parentId: middle })).rejects.toMatchObject(tooMuch);
    const child = await wallet.createWallet({ limit: usd(80), parentId: middle });
    await expect(update(child, { limit: usd(101) })).rejects.toMatchObject(tooMuch);
    await expect(update(root, { limit: usd(79) })).rejects.toMatchObject({ code: 'conflict' });
    await expect(update(middle, { limit: usd(79) })).rejects.toMatchObject({ code: 'conflict' });
    await update(child, { limit: usd(70) });
    await update(root, { limit: usd(70) });
  });

  it('lie sixteen deep at most', async () => {
    let parentId: string | null = null;
    for (let depth = 1; depth <= 16; depth += 1) parentId = await wallet.createWallet({ parentId });
    await expect(wallet.createWallet({ parentId })).rejects.toMatchObject({ param: 'parent_id' });
    expect(await wallet.acquire(parentId!, 1)).toMatchObject({ kind: 'granted', leases: { length: 16 } });
  });

  it.each([
    ['a time zone that is none', { timeZone: 'Mars/Olympus' }, 'time_zone'],
    ['a negative limit', { limit: usd(-1) }, 'limit_usd'],
    ['no owner for a team', { ownerType: 'team' as const }, 'owner_id'],
  ])('are refused with %s', async (_case, settings, param) => {
    await expect(wallet.createWallet(settings)).rejects.toMatchObject({ param });
  });

  it('[WL-016] are listed by cost center, page by page, without gaps or repeats', async () => {
    const made: string[] = [];
    for (const _ of [1, 2, 3]) made.unshift(await wallet.createWallet({ costCenter: 'cc-list' }));
    const call = { actor: admin, costCenter: 'cc-list' };
    const first = await request(listWalletsV1, { ...call, limit: 2 });
    const rest = await request(listWalletsV1, { ...call, cursor: first.nextCursor! });
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(made);
    expect(rest.nextCursor).toBeNull();
  });
});
