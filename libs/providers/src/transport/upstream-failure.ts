import { AppError, type ErrorCode } from '@ao/kernel';

/** What went wrong between us and a provider. */
export type FailureKind =
  | 'refused'
  | 'unresolved'
  | 'tls'
  | 'connect_timeout'
  | 'first_byte_timeout'
  | 'idle_timeout'
  | 'total_timeout'
  | 'reset'
  | 'protocol'
  | 'redirect'
  | 'too_large'
  | 'saturated'
  | 'forbidden'
  | 'closed';

interface Wording {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly message: string;
}

const LATE = 'The provider took too long to answer. Try again, or raise its time limit.';
const AWAY = 'The provider cannot be reached. Try again later.';
const BROKEN = 'The connection to the provider broke. Try again.';

const WORDINGS: Readonly<Record<FailureKind, Wording>> = {
  refused: { code: 'upstream_error', retryable: true, message: AWAY },
  unresolved: { code: 'upstream_error', retryable: true, message: AWAY },
  tls: { code: 'upstream_error', retryable: true, message: AWAY },
  connect_timeout: { code: 'timeout', retryable: true, message: LATE },
  first_byte_timeout: { code: 'timeout', retryable: true, message: LATE },
  idle_timeout: {
    code: 'timeout',
    retryable: true,
    message: 'The provider stopped in the middle of its answer. Try again.',
  },
  total_timeout: { code: 'timeout', retryable: true, message: LATE },
  reset: { code: 'upstream_error', retryable: true, message: BROKEN },
  protocol: {
    code: 'upstream_error',
    retryable: true,
    message: 'The provider sent an answer that is not valid. Try again.',
  },
  redirect: {
    code: 'upstream_error',
    retryable: false,
    message:
      "The provider redirected the request, which is not followed. Ask an administrator to check the provider's base URL.",
  },
  too_large: {
    code: 'backend_output_too_large',
    retryable: false,
    message: 'The answer of the provider is too large. Ask for less output, or stream it.',
  },
  saturated: {
    code: 'backend_unavailable',
    retryable: true,
    message: 'All connections to the provider are busy. Try again in a moment.',
  },
  forbidden: {
    code: 'upstream_error',
    retryable: false,
    message: "The provider's address must not be called. Ask an administrator to check the provider's base URL.",
  },
  closed: { code: 'upstream_error', retryable: true, message: BROKEN },
};

/**
 * A call that failed without an answer of the provider. As long as nothing of it has reached the caller, a `retryable` one
 * may be tried again or elsewhere.
 */
export class UpstreamFailure extends AppError {
  readonly kind: FailureKind;
  /** The whole request had been sent: the provider may charge for it. */
  readonly mayBeCharged: boolean;

  constructor(kind: FailureKind, options: { mayBeCharged?: boolean; internal?: string; cause?: unknown } = {}) {
    const { code, message } = WORDINGS[kind];
    const { internal = kind, cause } = options;
    super(code, message, { internal, cause });
    this.kind = kind;
    this.mayBeCharged = options.mayBeCharged ?? false;
  }

  override get retryable(): boolean {
    return WORDINGS[this.kind].retryable;
  }
}

const KINDS: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unresolved',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'first_byte_timeout',
  UND_ERR_BODY_TIMEOUT: 'idle_timeout',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_DESTROYED: 'closed',
  UND_ERR_CLOSED: 'closed',
};

/** Errors that are known by their class. */
const NAMED: Readonly<Record<string, FailureKind>> = { HTTPParserError: 'protocol', OutboundRefusedError: 'forbidden' };

const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/;

/** Names what a socket or the HTTP client threw; an UpstreamFailure stays as it is. */
export function toUpstreamFailure(error: unknown, mayBeCharged: boolean): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  const { code = '', name = '', message = String(error) } = error as { code?: string; name?: string; message?: string };
  return new UpstreamFailure(NAMED[name] ?? kindOf(code), {
    mayBeCharged,
    internal: `${code} ${message}`.trim(),
    cause: error,
  });
}

function kindOf(code: string): FailureKind {
  const kind = KINDS[code];
  if (kind !== undefined) return kind;
  return TLS_CODE.test(code) ? 'tls' : 'reset';
}
