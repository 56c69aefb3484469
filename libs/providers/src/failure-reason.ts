import { UpstreamFailure, type FailureKind } from './transport/upstream-failure.js';

/** The provider answered, but not with success. */
export class RefusedStatus extends UpstreamFailure {
  constructor(readonly upstreamStatus: number) {
    super('protocol', { internal: `status ${upstreamStatus}` });
  }
}

const REASONS: Readonly<Record<FailureKind, string>> = {
  refused: 'nothing answers at the base URL: check the host and the port',
  unresolved: 'the host name of the base URL cannot be resolved',
  tls: "the provider's certificate is not valid for the base URL",
  connect_timeout: 'no connection within the time limit: check the host, the port and firewalls',
  first_byte_timeout: 'connected, but no answer within the time limit',
  idle_timeout: 'the provider stopped in the middle of its answer',
  total_timeout: 'the provider did not finish its answer within the time limit',
  reset: 'the provider closed the connection without an answer',
  protocol: 'the answer is not one of this kind of provider: check the base URL',
  redirect: 'the provider redirects to another address: enter that one as the base URL',
  too_large: 'the answer is too large to be a list of models',
  saturated: 'all connections to the provider are busy',
  forbidden: 'the base URL leads to an address that must not be called',
  closed: 'the check was cancelled',
};

/** Why a check of a provider failed, for an administrator. Contains no key and nothing that the provider said. */
export function failureReason(error: unknown): string {
  if (error instanceof RefusedStatus) return statusReason(error.upstreamStatus);
  return error instanceof UpstreamFailure ? REASONS[error.kind] : REASONS.closed;
}

function statusReason(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return `the provider refused the key (${status})`;
    case 404:
    case 405:
      return `the provider has no list of models at this base URL (${status}): check its path`;
    case 429:
      return 'the provider limits the rate of requests, or the quota is used up (429)';
    default:
      return status >= 500
        ? `the provider has a fault of its own (${status})`
        : `the provider refused the request (${status})`;
  }
}
