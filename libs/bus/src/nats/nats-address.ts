import { StartupError } from '@ao/kernel';
import type { NodeConnectionOptions } from '@nats-io/transport-node';

/** Certificates for TLS to NATS, as paths of PEM files. */
export interface NatsTls {
  caFile?: string;
  certFile?: string;
  keyFile?: string;
}

/** Where NATS is and how to log in, in the terms of its client. `shown` is safe to print: it holds no credentials. */
export interface NatsAddress {
  shown: string;
  connection: Pick<NodeConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls'>;
}

/**
 * Reads `nats://[user:password@|token@]host[:port]`, several separated by commas for a cluster; `tls://` asks for TLS.
 * The credentials of the first one count.
 *
 * @throws StartupError when it is no such URL; the message never repeats it, for it may hold a password
 */
export function parseNatsUrl(text: string, tls?: NatsTls): NatsAddress {
  const urls = text.split(',').map((part) => parseOne(part.trim()));
  const { username, password } = urls[0]!;
  const servers = urls.map((url) => `${url.hostname}:${url.port || '4222'}`);
  const wantsTls = tls !== undefined || urls.some((url) => url.protocol === 'tls:');
  return {
    shown: servers.map((server) => `nats://${server}`).join(','),
    connection: {
      servers,
      ...(password && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      ...(username && !password && { token: decodeURIComponent(username) }),
      ...(wantsTls && { tls: tls ?? {} }),
    },
  };
}

function parseOne(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.hostname && ['nats:', 'tls:'].includes(url.protocol)) return url;
  throw new StartupError('NATS_URL must look like nats://host:4222 or tls://user:password@host:4222');
}
