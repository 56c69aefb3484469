import { OutboundGuard } from '@ao/outbound';
import { BaseUrlGuard } from './base-url-guard.js';

const NAMES: Record<string, string[]> = {
  'api.example.com': ['93.184.216.34'],
  'gpu.example.com': ['10.0.0.7'],
  'half.example.com': ['93.184.216.34', '127.0.0.1'],
  'trap.example.com': ['169.254.169.254'],
};
const guardOf = (allowPrivate: boolean): BaseUrlGuard =>
  new BaseUrlGuard(
    new OutboundGuard({
      allowPrivate,
      resolve: async (hostname) => {
        const addresses = NAMES[hostname];
        if (!addresses) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
        return addresses.map((address) => ({ address, family: 4 }));
      },
    }),
  );

describe('the base URL of a provider', () => {
  it.each([
    ['https://api.example.com/v1/', 'https://api.example.com/v1'],
    ['http://api.example.com', 'http://api.example.com'],
    ['https://later.example.com/v1', 'https://later.example.com/v1'],
  ])('%s is stored as %s', async (text, stored) => expect(await guardOf(false).check(text)).toBe(stored));

  it.each([
    'https://gpu.example.com/v1',
    'https://half.example.com/v1',
    'http://127.0.0.1:8000',
    'http://[::1]:8000',
    'http://192.168.0.9/v1',
  ])('%s needs the leave of the operator', async (text) => {
    await expect(guardOf(false).check(text)).rejects.toMatchObject({ code: 'invalid_parameter', param: 'base_url' });
    await expect(guardOf(true).check(text)).resolves.toBe(text);
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://2852039166/',
    'http://[::ffff:169.254.169.254]/',
    'https://trap.example.com/v1',
    'ftp://api.example.com',
    'api.example.com',
    'https://user@api.example.com',
    'https://api.example.com/v1?key=1',
    'https://api.example.com/v1#x',
  ])('%s is refused always', async (text) => {
    await expect(guardOf(true).check(text)).rejects.toMatchObject({ code: 'invalid_parameter', param: 'base_url' });
  });
});
