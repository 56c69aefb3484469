import { BlockList, isIP } from 'node:net';

/**
 * How far away an address is: `public` may always be called, `private` only where the operator allows it, `forbidden`
 * never, because nobody runs a model there but clouds hand out credentials there.
 */
export type Reach = 'public' | 'private' | 'forbidden';

type Network = readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6'];

const FORBIDDEN: readonly Network[] = [
  ['0.0.0.0', 8, 'ipv4'],
  // Link-local: metadata services of AWS, Azure, Google Cloud and others.
  ['169.254.0.0', 16, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  // Metadata and control addresses outside of it: AWS over IPv6, Alibaba, Azure.
  ['fd00:ec2::', 32, 'ipv6'],
  ['100.100.100.200', 32, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  // Multicast, reserved, unspecified.
  ['224.0.0.0', 3, 'ipv4'],
  ['ff00::', 8, 'ipv6'],
  ['::', 128, 'ipv6'],
  // They hide an IPv4 address inside: NAT64, 6to4, Teredo.
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['2001::', 32, 'ipv6'],
];

const PRIVATE: readonly Network[] = [
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
];

function listOf(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix, family] of networks) list.addSubnet(address, prefix, family);
  return list;
}

const forbidden = listOf(FORBIDDEN);
const notPublic = listOf(PRIVATE);

/** The reach of an IP address; an IPv4 address inside an IPv6 one (`::ffff:10.0.0.1`) counts as what it is. */
export function reachOfAddress(address: string): Reach {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (forbidden.check(address, family)) return 'forbidden';
  return notPublic.check(address, family) ? 'private' : 'public';
}

/** The reach of a host as far as it can be told without asking DNS; null: ask. */
export function reachOfHost(hostname: string): Reach | null {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (isIP(host)) return reachOfAddress(host);
  if (/^(metadata|instance-data)(\.|$)/.test(host)) return 'forbidden';
  // Names that only a private network can know.
  if (host === 'localhost' || !host.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/.test(host)) {
    return 'private';
  }
  return null;
}

/** The strictest of several. */
export function strictest(reaches: readonly Reach[]): Reach {
  if (reaches.includes('forbidden')) return 'forbidden';
  return reaches.includes('private') ? 'private' : 'public';
}
