import { mapUpstreamError, type UpstreamError } from '../openai/errors.js';
import { fieldsOf, textOrNull } from '../json-object.js';

/** What AWS calls an error, and the status that tells the same; AWS itself uses 400 and 424 for some that may be tried again. */
const STATUSES: Readonly<Record<string, number>> = {
  ThrottlingException: 429,
  ServiceQuotaExceededException: 429,
  ModelNotReadyException: 503,
  ServiceUnavailableException: 503,
  InternalServerException: 500,
  ModelErrorException: 502,
  ModelStreamErrorException: 502,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  AccessDeniedException: 403,
  UnrecognizedClientException: 403,
  ExpiredTokenException: 403,
  InvalidSignatureException: 403,
};

/** AWS names its errors in `__type`, some with a namespace before and an address behind. */
export function mapError(status: number, body: Buffer): UpstreamError {
  const told = readError(body);
  const name = /(?:^|#)(\w+)(?::|$)/.exec(textOrNull(told['__type']) ?? '')?.[1] ?? '';
  const message = textOrNull(told['message']) ?? textOrNull(told['Message']);
  const plain = message === null ? {} : { message };
  return mapUpstreamError(STATUSES[name] ?? status, Buffer.from(JSON.stringify(plain)));
}

function readError(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(body.toString()));
  } catch {
    return {};
  }
}
