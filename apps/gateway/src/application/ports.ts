import type { acquireLeasesV1, CallOf, Principal, ResponseOf, syncLeasesV1, UsageReport } from '@ao/contracts';
import type { NativeCall } from './calls/call.js';
import type { UpstreamTimeouts } from '@ao/providers';
import type { Provider } from '@ao/router';

/** The identity service, as far as the gateway needs it. */
export interface KeyDirectory {
  /** @throws AppError `backend_unavailable` when identity is away. */
  find(keyHash: string): Promise<Principal | null>;
  /** The wallet of the first organisation: pays in the modes without issued keys. */
  defaultWalletId(): Promise<string>;
}

/** The wallet service, as far as the gateway needs it. */
export interface LeaseBroker {
  acquire(request: CallOf<typeof acquireLeasesV1>): Promise<ResponseOf<typeof acquireLeasesV1>>;
  sync(request: CallOf<typeof syncLeasesV1>): Promise<ResponseOf<typeof syncLeasesV1>>;
}

/** What is known of a call before it goes upstream: enough to tell of it if the gateway dies meanwhile. */
export type CallBegin = Omit<
  UsageReport,
  | 'status'
  | 'errorCode'
  | 'partial'
  | 'usage'
  | 'usageSource'
  | 'serviceTier'
  | 'cost'
  | 'durationMs'
  | 'firstTokenMs'
  | 'finishReason'
>;

/** What a call under way has used so far, as far as can be told without counting. */
export interface CallProgress {
  inputTokens: number;
  outputTokens: number;
  /** Grown since the begin where a stream was extended. */
  charges: UsageReport['charges'];
}

/** Keeps usage records until the bus has them. Nothing here waits for a disk: the write follows within milliseconds. */
export interface UsageSpool {
  /** @param progress Asked now and then while the call runs: what is billed if the gateway dies meanwhile. */
  begin(call: CallBegin, progress: () => CallProgress): void;
  end(report: UsageReport): void;
  /** True when so many records wait that no further paid call may start. */
  isFull(): boolean;
}

/** A request on its way to a provider. */
export interface UpstreamCall {
  /** One that the provider's connector knows, such as `chat/completions`. */
  endpoint: string;
  /** The provider's own name for the model. */
  model: string;
  body: Buffer;
  /** Of the body; absent: JSON. */
  contentType?: string;
  /** What the answer may be; absent: what fits `stream`. */
  accept?: string;
  /** Of the protocol itself; the connector sends those that it knows. */
  headers: Readonly<Record<string, string>>;
  stream: boolean;
  correlationId: string;
  /** The caller's own provider key, instead of the configured one. */
  ownKey?: string;
  /** To be sent as it came, to the path of the provider that it names. */
  native?: Pick<NativeCall, 'method' | 'path' | 'query' | 'contentType'>;
  /** In place of the provider's own limits. */
  timeouts?: UpstreamTimeouts;
  /** Aborts the call: the caller left. */
  signal: AbortSignal;
}

/** A provider's answer whose body is still coming. */
export interface UpstreamAnswer {
  status: number;
  /** Fit for the caller: hop-by-hop and secret headers are gone, provider names normalised. */
  headers: Readonly<Record<string, string>>;
  /** Ends with an error when the provider fails, falls silent beyond its limits, or the call is aborted. */
  body: AsyncIterable<Buffer>;
  /** The rest of the body at once. @throws AppError `backend_output_too_large`. */
  readAll(): Promise<Buffer>;
}

/** Calls providers. */
export interface Upstream {
  /**
   * Resolves with the status line. @throws AppError `timeout`, `upstream_error`, with `mayBeCharged: true` when the whole
   * request had been sent (the body throws the same); the signal's reason when it aborted.
   */
  send(provider: Provider, call: UpstreamCall): Promise<UpstreamAnswer>;
}
