import fc from 'fast-check';
import { reachOfAddress, strictest } from './address-reach.js';

/** As a URL parser hands it on: it has already undone octal, hexadecimal and integer forms of an address. */
const addressIn = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

describe('the reach of an address', () => {
  it.each([
    ['link-local metadata', 'http://169.254.169.254/latest/meta-data'],
    ['the same inside IPv6', 'http://[::ffff:169.254.169.254]/'],
    ['the same as an integer', 'http://2852039166/'],
    ['the same in hexadecimal', 'http://0xa9fea9fe/'],
    ['the same in octal', 'http://0251.0376.0251.0376/'],
    ['the same behind NAT64', 'http://[64:ff9b::a9fe:a9fe]/'],
    ['the same through 6to4', 'http://[2002:a9fe:a9fe::1]/'],
    ['the same as an IPv4-compatible address', 'http://[::a9fe:a9fe]/'],
    ['container credentials', 'http://169.254.170.2/v2/credentials'],
    ['link-local IPv6', 'http://[fe80::1]/'],
    ['site-local IPv6', 'http://[fec0::1]/'],
    ['AWS metadata over IPv6', 'http://[fd00:ec2::254]/'],
    ['Alibaba metadata', 'http://100.100.100.200/'],
    ['Azure control', 'http://168.63.129.16/'],
    ['this host', 'http://0.0.0.0/'],
    ['this host over IPv6', 'http://[::]/'],
    ['multicast', 'http://224.0.0.1/'],
    ['multicast over IPv6', 'http://[ff02::1]/'],
    ['broadcast', 'http://255.255.255.255/'],
    ['documentation', 'http://[2001:db8::1]/'],
  ])('[NT-005] never calls %s (%s)', (_what, url) => expect(reachOfAddress(addressIn(url))).toBe('forbidden'));

  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://[::1]:11434',
    'http://[::ffff:10.0.0.1]',
    'http://10.1.2.3',
    'http://172.31.0.1',
    'http://192.168.1.1',
    'http://100.64.0.1',
    'http://198.18.0.7',
    'http://[fc00::1]',
  ])('calls %s only where private networks are allowed', (url) =>
    expect(reachOfAddress(addressIn(url))).toBe('private'),
  );

  it.each(['http://8.8.8.8', 'http://172.32.0.1', 'http://[2606:4700::1]', 'http://100.128.0.1'])('calls %s', (url) =>
    expect(reachOfAddress(addressIn(url))).toBe('public'),
  );

  it('forbids what is no address', () => expect(reachOfAddress('localhost')).toBe('forbidden'));

  it('is the same for an IPv4 address and its IPv6 form', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(reachOfAddress(`::ffff:${address}`)).toBe(reachOfAddress(address));
      }),
    );
  });

  it('is the strictest of all addresses of a name', () => {
    expect(strictest(['public', 'private', 'forbidden'])).toBe('forbidden');
    expect(strictest(['public', 'private'])).toBe('private');
    expect(strictest([])).toBe('public');
  });
});
