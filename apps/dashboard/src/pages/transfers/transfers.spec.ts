import { EMPTY_TRANSFER_FORM, toNewTransfer } from './new-transfer.js';

describe('the form of a transfer', () => {
  it('leaves the wallets to the API where they are not named, and the amount as it was typed', () =>
    expect(toNewTransfer({ ...EMPTY_TRANSFER_FORM, amount: ' 0.000000001 ' })).toEqual({
      amount_usd: '0.000000001',
      reason: null,
    }));

  it('names what was chosen', () =>
    expect(
      toNewTransfer({ fromWalletId: 'wal_1', toWalletId: ' wal_2 ', amount: '20', reason: ' Load test ' }),
    ).toEqual({ from_wallet_id: 'wal_1', to_wallet_id: 'wal_2', amount_usd: '20', reason: 'Load test' }));
});
