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
});
