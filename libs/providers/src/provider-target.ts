/** How long a call may take, in milliseconds; whatever is exceeded first ends it with `timeout`. */
export interface UpstreamTimeouts {
  /** Until the TCP (and TLS) connection stands. */
  readonly connectMs: number;
  /** From sending to the first byte of the answer's body, waiting for a free connection included. */
  readonly firstByteMs: number;
  /** Between two chunks of the body, while the reader is not the one who waits. */
  readonly idleMs: number;
  /** From sending to the last byte. */
  readonly totalMs: number;
}

/**
 * Where the connections of a provider may lead, looked up each time one is opened: `any` is for the operator's own
 * configuration; `private` includes private networks and loopback; link-local and metadata addresses are in neither of the
 * other two.
 */
export type ProviderReach = 'any' | 'private' | 'public';

/** A provider as configured, its key opened. Comes from configuration only, never from a request. */
export interface ProviderTarget {
  readonly id: string;
  /** For people, logs and metrics. */
  readonly name: string;
  /** Which connector speaks to it: a key of `registry.ts`. */
  readonly kind: string;
  /** Such as `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Null for servers that ask for none. */
  readonly apiKey: string | null;
  readonly organisation: string | null;
  readonly timeouts: UpstreamTimeouts;
  /** `any` unless given. */
  readonly reach?: ProviderReach | undefined;
  /** For clouds whose host does not tell it. */
  readonly region?: string | null | undefined;
  /** Sockets to this upstream at most; requests beyond them wait. */
  readonly connectionsMax: number;
}
