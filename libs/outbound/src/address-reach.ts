import ipaddr from 'ipaddr.js';

/**
 * How far away an address is: `public` may always be called, `private` only where the operator allows it, `forbidden`
 * never, because nobody runs a receiver there but clouds hand out credentials there.
 */
export type Reach = 'public' | 'private' | 'forbidden';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The ranges of ipaddr.js that are networks of the operator's own. */
const PRIVATE_RANGES = new Set(['private', 'loopback', 'carrierGradeNat', 'uniqueLocal']);
/** RFC 2544: not routed; laptops get them from DNS proxies, so they are no farther than a private network. */
const BENCHMARK_NETWORK = ipaddr.parseCIDR('198.18.0.0/15');
/** RFC 4291 §2.4: all global unicast there is. Outside of it ipaddr.js also says "unicast", such as for ::127.0.0.1. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');
/** Metadata services of clouds outside of the link-local range: AWS over IPv6, Alibaba, Azure. */
const METADATA_NETWORKS = ['fd00:ec2::/32', '100.100.100.200/32', '168.63.129.16/32'].map((network) =>
  ipaddr.parseCIDR(network),
);

const isIn = (address: Address, network: [Address, number]): boolean =>
  address.kind() === network[0].kind() && address.match(network);

/**
 * The reach of an IP address in any notation; an IPv4 address inside an IPv6 one (`::ffff:10.0.0.1`) counts as what it
 * is. What is neither known to be public nor private is forbidden.
 */
export function reachOfAddress(text: string): Reach {
  if (!ipaddr.isValid(text)) return 'forbidden';
  const address = ipaddr.process(text);
  if (METADATA_NETWORKS.some((network) => isIn(address, network))) return 'forbidden';
  const range = address.range();
  if (PRIVATE_RANGES.has(range) || isIn(address, BENCHMARK_NETWORK)) return 'private';
  if (range !== 'unicast') return 'forbidden';
  return address.kind() === 'ipv4' || isIn(address, GLOBAL_IPV6) ? 'public' : 'forbidden';
}

/** The strictest of several. */
export function strictest(reaches: readonly Reach[]): Reach {
  if (reaches.includes('forbidden')) return 'forbidden';
  return reaches.includes('private') ? 'private' : 'public';
}
