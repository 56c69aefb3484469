/** Headers that a native client may send to any provider. None of them says who is asking or who pays. */
const ALLOWED = new Set([
  'accept',
  'anthropic-version',
  'anthropic-beta',
  'anthropic-dangerous-direct-browser-access',
  'openai-beta',
  'idempotency-key',
  'x-goog-api-client',
  'x-goog-fieldmask',
  'x-goog-request-params',
  'x-goog-upload-command',
  'x-goog-upload-header-content-length',
  'x-goog-upload-header-content-type',
  'x-goog-upload-offset',
  'x-goog-upload-protocol',
  'x-ms-oai-image-generation-deployment',
]);

/** Guardrail, trace, performance and service tier of Bedrock. */
const BEDROCK_PREFIX = 'x-amzn-bedrock-';

/** The headers of a native request that go on (GW-015); lower-case names. */
export const FORWARDED_HEADERS = {
  has: (name: string): boolean => ALLOWED.has(name) || name.startsWith(BEDROCK_PREFIX),
};
