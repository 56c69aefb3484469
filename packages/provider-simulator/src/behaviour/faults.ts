/** What a provider can complain about; each protocol words it and picks its status (`errors.ts` of the protocol). */
export type ProblemKind =
  | 'invalid_request'
  | 'context_length_exceeded'
  | 'content_policy'
  | 'authentication'
  | 'permission'
  | 'model_not_found'
  | 'unknown_url'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'request_timeout'
  | 'rate_limit'
  | 'insufficient_quota'
  | 'internal'
  | 'bad_gateway'
  | 'bad_gateway_html'
  | 'overloaded'
  | 'gateway_timeout'
  | 'overloaded_529';

/** Faults answered with an error status. */
const STATUS_FAULTS = {
  400: 'invalid_request',
  401: 'authentication',
  403: 'permission',
  404: 'model_not_found',
  408: 'request_timeout',
  413: 'payload_too_large',
  429: 'rate_limit',
  500: 'internal',
  502: 'bad_gateway',
  503: 'overloaded',
  504: 'gateway_timeout',
  529: 'overloaded_529',
  context_length_exceeded: 'context_length_exceeded',
  content_policy: 'content_policy',
  insufficient_quota: 'insufficient_quota',
  html_502: 'bad_gateway_html',
} as const satisfies Record<string, ProblemKind>;

/** Faults of the connection, before any byte of the answer. */
const CONNECTION_FAULTS = ['reset', 'silence'] as const;

/** Faults in the middle of an answer, after `after_tokens` tokens of a stream or half of a plain body. */
const BODY_FAULTS = ['cut', 'stall', 'malformed', 'stream_error'] as const;

type StatusFault = `${keyof typeof STATUS_FAULTS}`;
type ConnectionFault = (typeof CONNECTION_FAULTS)[number];
export type BodyFault = (typeof BODY_FAULTS)[number];
export type FaultName = StatusFault | ConnectionFault | BodyFault;

export const STATUS_FAULT_NAMES = Object.keys(STATUS_FAULTS) as readonly StatusFault[];

export const FAULT_NAMES: readonly FaultName[] = [...STATUS_FAULT_NAMES, ...CONNECTION_FAULTS, ...BODY_FAULTS];

/** The complaint behind a status fault, or undefined for the faults that are no status. */
export function problemOf(fault: FaultName): ProblemKind | undefined {
  return (STATUS_FAULTS as Record<string, ProblemKind>)[fault];
}

export function isBodyFault(fault: FaultName): fault is BodyFault {
  return (BODY_FAULTS as readonly string[]).includes(fault);
}
