/**
 * Every refusal and fault of the platform. The code decides the HTTP status and the OpenAI-style type, in this table
 * alone (docs/requirements/gateway-api.md); `message` is for the caller and says what to change, `internal` is for the
 * log and never leaves the process.
 */
export const ERROR_CODES = {
  missing_required_parameter: [400, 'invalid_request_error'],
  invalid_parameter: [400, 'invalid_request_error'],
  unsupported_parameter: [400, 'invalid_request_error'],
  model_not_found: [400, 'invalid_request_error'],
  previous_response_not_found: [400, 'invalid_request_error'],
  invalid_header_value: [400, 'invalid_request_error'],
  invalid_session_id: [400, 'invalid_request_error'],
  invalid_json: [400, 'invalid_request_error'],
  guardrail_blocked: [400, 'invalid_request_error'],
  provider_key_missing: [400, 'invalid_request_error'],
  missing_api_key: [401, 'authentication_error'],
  invalid_api_key: [401, 'authentication_error'],
  backend_auth_failed: [401, 'authentication_error'],
  wallet_exhausted: [402, 'insufficient_quota'],
  budget_exceeded: [402, 'insufficient_quota'],
  price_missing: [402, 'insufficient_quota'],
  permission_denied: [403, 'permission_error'],
  policy_denied: [403, 'permission_error'],
  region_not_allowed: [403, 'permission_error'],
  session_not_found: [404, 'invalid_request_error'],
  not_found: [404, 'invalid_request_error'],
  method_not_allowed: [405, 'invalid_request_error'],
  conflict: [409, 'invalid_request_error'],
  payload_too_large: [413, 'invalid_request_error'],
  unsupported_media_type: [415, 'invalid_request_error'],
  rate_limit_exceeded: [429, 'rate_limit_error'],
  session_busy: [429, 'rate_limit_error'],
  capacity_exceeded: [429, 'rate_limit_error'],
  internal_error: [500, 'server_error'],
  not_configured: [501, 'server_error'],
  backend_output_too_large: [502, 'server_error'],
  upstream_error: [502, 'server_error'],
  passthrough_not_configured: [503, 'server_error'],
  passthrough_disabled: [503, 'server_error'],
  backend_unavailable: [503, 'server_error'],
  no_deployment_available: [503, 'server_error'],
  server_shutting_down: [503, 'server_error'],
  timeout: [504, 'server_error'],
  stream_error: [504, 'server_error'],
} as const satisfies Record<string, readonly [status: number, type: string]>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The body that every error answer carries. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string };
}

export interface AppErrorOptions {
  /** The request field at fault. */
  param?: string;
  /** For the log only. */
  internal?: string;
  cause?: unknown;
  retryAfterSeconds?: number;
  /** Machine-readable facts that are safe to show, such as a shortfall. */
  details?: Record<string, string>;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly param: string | null;
  readonly internal: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Record<string, string> | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.param = options.param ?? null;
    this.internal = options.internal;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
  }

  get status(): number {
    return ERROR_CODES[this.code][0];
  }

  get type(): string {
    return ERROR_CODES[this.code][1];
  }

  /** Whether asking again unchanged can succeed: decides retry or dead letter for a message. */
  get retryable(): boolean {
    return this.status >= 500 || this.status === 429;
  }

  toBody(): ErrorBody {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code, ...this.details } };
  }
}

/** Any thrown value as an AppError; what we did not foresee becomes `internal_error` and says nothing to the caller. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const internal = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AppError(
    'internal_error',
    'The server failed to handle this request. Try again; if it persists, report the request id.',
    {
      internal,
      cause: error,
    },
  );
}
