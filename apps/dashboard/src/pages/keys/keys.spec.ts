import { endsLike, stateOfKey } from './key-state.js';
import { EMPTY_KEY_FORM, toNewKey } from './new-key.js';

const nowMs = Date.parse('2026-11-20T12:00:00.000Z');

describe('a key in the list', () => {
  it('is revoked before it is expired, and expires to the instant', () => {
    const at = '2026-11-20T12:00:00.000Z';
    expect(stateOfKey({ revoked_at: at, expires_at: at }, nowMs)).toBe('revoked');
    expect(stateOfKey({ revoked_at: null, expires_at: at }, nowMs)).toBe('expired');
    expect(stateOfKey({ revoked_at: null, expires_at: '2026-11-20T12:00:00.001Z' }, nowMs)).toBe('active');
    expect(stateOfKey({ revoked_at: null, expires_at: null }, nowMs)).toBe('active');
  });

  it('is taken for the key in use by its last four characters only', () => {
    expect(endsLike('sk-ao-****7f3a', 'sk-ao-something7f3a')).toBe(true);
    expect(endsLike('sk-ao-****7f3a', 'sk-ao-something7f3b')).toBe(false);
    expect(endsLike('****', 'sk-ao-1')).toBe(false);
    expect(endsLike('****', '')).toBe(false);
  });
});

describe('the form of a new key', () => {
  it('sets no limit for what was left empty', () =>
    expect(toNewKey({ ...EMPTY_KEY_FORM, name: ' ci ' })).toEqual({
      name: 'ci',
      role: 'member',
      wallet_id: null,
      models: null,
      requests_per_minute_max: null,
      expires_at: null,
    }));

  it('reads models as they are typed, and lets the key work through its last day', () => {
    const key = toNewKey({
      ...EMPTY_KEY_FORM,
      name: 'ci',
      walletId: 'wal_1',
      models: 'gpt-5.2, ,claude-opus-4-6,gpt-5.2 ',
      perMinute: '60',
      expires: '2026-12-31',
    });
    expect(key).toMatchObject({
      wallet_id: 'wal_1',
      models: ['gpt-5.2', 'claude-opus-4-6'],
      requests_per_minute_max: 60,
    });
    const expires = new Date(key.expires_at ?? '');
    expect([expires.getDate(), expires.getHours(), expires.getMinutes()]).toEqual([31, 23, 59]);
  });
});
