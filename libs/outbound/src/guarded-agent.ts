import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { OutboundGuard } from './outbound-guard.js';

export interface GuardedAgentOptions extends Omit<Agent.Options, 'connect'> {
  /** From asking DNS to the end of the TLS handshake. */
  connectTimeoutMs: number;
}

/**
 * An undici dispatcher whose every connection goes to an address that the guard has just allowed: a name is resolved
 * once and that answer is connected to, so a name that changes its address in between (DNS rebinding) gains nothing.
 * Requests to other places reject with `OutboundRefusedError`. Like undici itself it follows no redirects.
 */
export function guardedAgent(
  guard: OutboundGuard,
  { connectTimeoutMs, allowH2 = false, ...options }: GuardedAgentOptions,
): Agent {
  return new Agent({ ...options, allowH2, connect: guardedConnector(guard, { connectTimeoutMs, allowH2 }) });
}

/** What opens the connections of such a dispatcher, for one of another make. */
export function guardedConnector(
  guard: OutboundGuard,
  { connectTimeoutMs, allowH2 = false }: Pick<GuardedAgentOptions, 'connectTimeoutMs' | 'allowH2'>,
): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(guard), timeout: connectTimeoutMs, allowH2 });
  return (target, callback) => {
    // Node looks up no host that is an address already: those would pass the lookup by.
    if (isIP(target.hostname.replace(/^\[|\]$/g, '')) === 0) return connect(target, callback);
    guard.addressesOf(target.hostname).then(
      () => connect(target, callback),
      (error: Error) => callback(error, null),
    );
  };
}

/** `dns.lookup` for sockets that are opened elsewhere. A host that is an address already is not looked up: check it. */
export function guardedLookup(guard: OutboundGuard): LookupFunction {
  return (hostname, options, callback) => {
    guard.addressesOf(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else if (first) callback(null, first.address, first.family);
        else callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }), []);
      },
      (error: Error) => callback(error, []),
    );
  };
}
