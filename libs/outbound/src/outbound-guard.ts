import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { withDeadline } from '@ao/kernel';
import { reachOfAddress, strictest } from './address-reach.js';

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** All addresses of a host name; rejects with the error of `dns.lookup`. */
export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

export interface OutboundPolicy {
  /** Whether loopback and private networks may be called. Link-local, metadata and multicast addresses never are. */
  allowPrivate: boolean;
  /** The system's resolver unless told otherwise. */
  resolve?: Resolve;
  /** How long `check` waits for DNS. */
  resolveDeadlineMs?: number;
}

/** `unresolved`: nothing is wrong with the URL, but DNS could not be asked. Reasons are whole sentences for the caller. */
export type OutboundVerdict = { kind: 'allowed' } | { kind: 'refused' | 'unresolved'; reason: string };

/** The connection was not opened, because the policy forbids where it would go. */
export class OutboundRefusedError extends Error {
  override readonly name = 'OutboundRefusedError';
}

const RESOLVE_DEADLINE_MS = 1_500;
const ALLOWED: OutboundVerdict = { kind: 'allowed' };
const refused = (reason: string): OutboundVerdict => ({ kind: 'refused', reason });

/**
 * Decides which URLs of users we call: without it, a webhook or a provider URL would let anyone with a key reach the
 * network behind us (OWASP: server-side request forgery).
 */
export class OutboundGuard {
  private readonly resolve: Resolve;

  constructor(private readonly policy: OutboundPolicy) {
    this.resolve = policy.resolve ?? ((hostname) => lookup(hostname, { all: true }));
  }

  /** Judges a URL by what its host resolves to now. For early feedback: only `guardedAgent` holds at the time of a call. */
  async check(url: string): Promise<OutboundVerdict> {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (!parsed || !/^https?:$/.test(parsed.protocol)) return refused('The URL must start with https:// or http://.');
    if (parsed.username || parsed.password) return refused('The URL must not contain a user name or a password.');
    const deadlineMs = this.policy.resolveDeadlineMs ?? RESOLVE_DEADLINE_MS;
    try {
      await withDeadline(this.addressesOf(parsed.hostname), deadlineMs, () => new Error('DNS did not answer in time'));
      return ALLOWED;
    } catch (error) {
      if (error instanceof OutboundRefusedError) return refused(error.message);
      if ((error as { code?: string }).code === 'ENOTFOUND') {
        return refused(`The host name ${parsed.hostname} does not exist.`);
      }
      return { kind: 'unresolved', reason: `The host name ${parsed.hostname} could not be resolved.` };
    }
  }

  /**
   * The addresses of a host (a name, or an address, in brackets or not), all of which may be called. One that may not
   * spoils the whole answer: which of them gets connected to is not ours to choose.
   * @throws OutboundRefusedError, or whatever the resolver rejects with
   */
  async addressesOf(hostname: string): Promise<ResolvedAddress[]> {
    const host = hostname.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    const addresses = family === 0 ? await this.resolve(host) : [{ address: host, family }];
    const reach = strictest(addresses.map(({ address }) => reachOfAddress(address)));
    if (reach === 'forbidden') {
      throw new OutboundRefusedError(`The host ${host} is at a link-local, metadata or reserved address.`);
    }
    if (reach === 'private' && !this.policy.allowPrivate) {
      throw new OutboundRefusedError(`The host ${host} is at a private or loopback address.`);
    }
    return addresses;
  }
}
