import fc from 'fast-check';
import { reachOfAddress, reachOfHost, strictest } from './address-reach.js';

/** As a URL parser hands it on: it has already undone octal, hexadecimal and integer forms of an address. */
const hostOf = (url: string): string => new URL(url).hostname;

describe('the reach of a provider address', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://169.254.170.2/v2/credentials',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://0.0.0.0/',
    'http://255.255.255.255/',
    'http://metadata.google.internal/',
    'http://metadata/',
  ])('%s is never called', (url) => expect(reachOfHost(hostOf(url))).toBe('forbidden'));

  it.each([
    'http://localhost:8000',
    'http://127.0.0.1',
    'http://127.1',
    'http://[::1]:11434',
    'http://[::ffff:10.0.0.1]',
    'http://10.1.2.3',
    'http://172.31.0.1',
    'http://192.168.1.1',
    'http://100.64.0.1',
    'http://[fc00::1]',
    'http://vllm',
    'http://vllm.internal.',
    'http://gpu.local',
  ])('%s is called only where that is allowed', (url) => expect(reachOfHost(hostOf(url))).toBe('private'));

  it.each(['http://8.8.8.8', 'http://172.32.0.1', 'http://[2606:4700::1]', 'http://100.128.0.1'])(
    '%s is public',
    (url) => expect(reachOfHost(hostOf(url))).toBe('public'),
  );

  it('asks DNS for every other name', () => expect(reachOfHost('api.openai.com')).toBeNull());

  it('is the same for an IPv4 address and its IPv6 form', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => reachOfAddress(`::ffff:${address}`) === reachOfAddress(address)));
  });

  it('is the strictest of all addresses of a name', () => {
    expect(strictest(['public', 'private', 'forbidden'])).toBe('forbidden');
    expect(strictest(['public', 'private'])).toBe('private');
    expect(strictest([])).toBe('public');
  });
});
