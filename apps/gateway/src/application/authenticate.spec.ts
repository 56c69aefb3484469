import { jest } from '@jest/globals';
import { principal as principalContract, principalExample } from '@ao/contracts';
import { ManualClock } from '@ao/kernel';
import { openMemoryKeyValue } from '@ao/keyvalue';
import type { KeyDirectory } from './ports.js';

const timingSafeEqual = jest.fn<(a: Buffer, b: Buffer) => boolean>();
const crypto = await import('node:crypto');
jest.unstable_mockModule('node:crypto', () => ({
  ...crypto,
  timingSafeEqual: timingSafeEqual.mockImplementation((a, b) => crypto.timingSafeEqual(a, b)),
}));
const { Authenticate } = await import('./authenticate.js');
const { LimitStore } = await import('./limits/limit-store.js');
const { WrongKeys } = await import('./limits/wrong-keys.js');
const { Principals } = await import('./principals.js');
const { hashKey } = await import('@ao/runtime');

const pepper = Buffer.alloc(32, 7);
const known = principalContract.parse(principalExample);
const directory: KeyDirectory = {
  find: async (hash) => (hash === hashKey('sk-ao-good', pepper) ? known : null),
  defaultWalletId: async () => 'wal_default',
};
const keyless = { requestsPerMinutePerAddressMax: 60, requestsPerMinutePerSessionMax: 10, concurrencyMax: 5 };
const ADDRESS = '192.0.2.1';

class Authenticator {
  readonly clock = new ManualClock();
  asked = 0;
  private readonly authenticate;

  constructor(mode: 'required' | 'static' | 'embedded', staticKeys: string[] = [], wrongKeysMax: number | null = null) {
    const store = new LimitStore(openMemoryKeyValue({ clock: this.clock }));
    const options = { mode, staticKeys, keyless, wrongKeys: new WrongKeys(store, wrongKeysMax) };
    const counting: KeyDirectory = {
      ...directory,
      find: (hash) => {
        this.asked += 1;
        return directory.find(hash);
      },
    };
    this.authenticate = new Authenticate(options, new Principals(counting, this.clock), directory, pepper);
  }

  execute(authorization: string | undefined, address = ADDRESS) {
    return this.authenticate.execute(authorization, address);
  }
}
const authenticator = (...parts: ConstructorParameters<typeof Authenticator>) => new Authenticator(...parts);
const codeOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
    return 'accepted';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('authentication', () => {
  it.each([
    ['nothing', undefined, 'missing_api_key'],
    ['a wrong key', 'Bearer sk-ao-bad', 'invalid_api_key'],
    ['Basic', 'Basic c2stYW8tZ29vZA==', 'invalid_api_key'],
    ['a bare key', 'sk-ao-good', 'invalid_api_key'],
    ['the right key', 'Bearer sk-ao-good', 'accepted'],
    ['the right key, in any case of the scheme', 'bearer sk-ao-good', 'accepted'],
    ['something endless', `Bearer ${'x'.repeat(600)}`, 'invalid_api_key'],
  ])('[ID-002] answers %s', async (_case, authorization, expected) => {
    expect(await codeOf(() => authenticator('required').execute(authorization))).toBe(expected);
  });

  it('[ID-003] accepts each listed static key, and everyone where none is listed', async () => {
    const listed = authenticator('static', ['sk-cca-first-1111', 'sk-cca-second-2222']);
    expect(await codeOf(() => listed.execute('Bearer sk-cca-second-2222'))).toBe('accepted');
    expect(await codeOf(() => listed.execute('Bearer sk-cca-third-3333'))).toBe('invalid_api_key');
    expect(await codeOf(() => listed.execute(undefined))).toBe('missing_api_key');
    expect(await authenticator('static').execute(undefined)).toMatchObject({ walletId: 'wal_default' });
  });

  it('tells static keys apart that end alike', async () => {
    const listed = authenticator('static', ['sk-cca-first-1111', 'sk-cca-second-1111']);
    const [first, second] = await Promise.all(
      ['first', 'second'].map(async (name) => listed.execute(`Bearer sk-cca-${name}-1111`)),
    );
    expect(first!.keyId).not.toBe(second!.keyId);
  });

  it('[ID-004] compares static keys in constant time, keys of other lengths included', async () => {
    const listed = authenticator('static', ['sk-cca-first-1111', 'sk-cca-second-2222']);
    timingSafeEqual.mockClear();
    await codeOf(() => listed.execute('Bearer short'));
    expect(timingSafeEqual).toHaveBeenCalledTimes(2);
  });

  it('[ID-007] gives the local user where nobody is named, and still refuses a wrong key', async () => {
    const embedded = authenticator('embedded');
    expect(await embedded.execute(undefined)).toMatchObject({ userId: 'embedded_user' });
    expect(await codeOf(() => embedded.execute('Bearer sk-ao-bad'))).toBe('invalid_api_key');
  });

  it('holds callers without an issued key to limits that issued ones do not have', async () => {
    expect(await authenticator('static').execute(undefined)).toMatchObject(keyless);
    const perAddress = { requestsPerMinutePerAddressMax: null };
    const listed = authenticator('static', ['sk-cca-first-1111']);
    expect(await listed.execute('Bearer sk-cca-first-1111')).toMatchObject({ ...keyless, ...perAddress });
    expect(await authenticator('required').execute('Bearer sk-ao-good')).toMatchObject({
      ...perAddress,
      requestsPerMinutePerSessionMax: null,
      concurrencyMax: null,
    });
  });

  it.each([
    ['required', []],
    ['static', ['sk-cca-first-1111']],
  ] as const)('[RL-002] refuses further wrong keys of one address for a while: %s', async (mode, keys) => {
    const guarded = authenticator(mode, [...keys], 3);
    const attempt = (key: number, address?: string) =>
      codeOf(() => guarded.execute(`Bearer sk-ao-bad-${key}`, address));
    for (const key of [1, 2, 3]) expect(await attempt(key)).toBe('invalid_api_key');
    expect(await attempt(4)).toBe('rate_limit_exceeded');
    expect(await attempt(4, '192.0.2.2')).toBe('invalid_api_key');
    guarded.clock.advanceMs(120_000);
    expect(await attempt(5)).toBe('invalid_api_key');
  });

  it('[RL-002] asks identity for no further unknown key of such an address, and lets the known ones of it in', async () => {
    const guarded = authenticator('required', [], 3);
    expect(await codeOf(() => guarded.execute('Bearer sk-ao-good'))).toBe('accepted');
    // One wrong key over and over counts each time, and is looked up once.
    for (let round = 0; round < 6; round += 1) await codeOf(() => guarded.execute('Bearer sk-ao-bad'));
    expect(guarded.asked).toBe(2);
    for (let key = 0; key < 5; key += 1) {
      await expect(guarded.execute(`Bearer sk-ao-bad-${key}`)).rejects.toMatchObject({
        code: 'rate_limit_exceeded',
        retryAfterSeconds: expect.any(Number),
      });
    }
    expect(guarded.asked).toBe(2);
    expect(await codeOf(() => guarded.execute('Bearer sk-ao-good'))).toBe('accepted');
    // Known, though what is known of it is old.
    guarded.clock.advanceMs(31_000);
    expect(await codeOf(() => guarded.execute('Bearer sk-ao-good'))).toBe('accepted');
    expect(guarded.asked).toBe(3);
  });
});
