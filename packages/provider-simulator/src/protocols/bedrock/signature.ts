import { createHash, createHmac } from 'node:crypto';
import { refuse, type Call, type RefusedCall } from '../protocol.js';

/** The key pair and the region that signatures (Signature Version 4) are verified with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'bedrock';
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
/** Leaving one of them unsigned would let anyone use the signature elsewhere or later. */
const SIGNED_ALWAYS = ['host', 'x-amz-date'];

function forbid(code: string, message: string): RefusedCall {
  return refuse({ kind: 'permission', model: '', code, message });
}

/** The complaint about a call that carries no authorization, or a signature that the credentials do not give. */
export function checkSignature(call: Call, credentials: AwsCredentials | undefined): RefusedCall | undefined {
  const { authorization } = call.headers;
  if (authorization === undefined) {
    return forbid('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (credentials === undefined || !authorization.startsWith(ALGORITHM)) return undefined;
  const parsed = AUTHORIZATION.exec(authorization);
  if (parsed === null) return forbid('IncompleteSignatureException', 'The Authorization header is incomplete.');
  const [, accessKeyId, date, region, service, signedHeaders, signature] = parsed as unknown as string[];
  if (accessKeyId !== credentials.accessKeyId) {
    return forbid('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  const names = signedHeaders!.split(';');
  const time = String(call.headers['x-amz-date'] ?? '');
  const scoped = region === credentials.region && service === SERVICE && time.startsWith(date!);
  const complete = SIGNED_ALWAYS.every((name) => names.includes(name));
  const expected = signatureOf(call, credentials, names, { date: date!, time });
  return scoped && complete && signature === expected
    ? undefined
    : forbid(
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided. Check your secret access key and signing method.',
      );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function escapeUri(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Path and query as they are signed: the path, encoded already, is encoded once more. */
function canonicalTarget({ path, query }: Call): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${escapeUri(name)}=${escapeUri(value)}`);
  return `${escapeUri(path).replaceAll('%2F', '/')}\n${pairs.toSorted().join('&')}`;
}

function signatureOf(
  call: Call,
  { secretAccessKey, region }: AwsCredentials,
  names: readonly string[],
  { date, time }: { readonly date: string; readonly time: string },
): string {
  const headers = names.map(
    (name) =>
      `${name}:${String(call.headers[name] ?? '')
        .trim()
        .replaceAll(/ +/g, ' ')}\n`,
  );
  const canonical = [call.method, canonicalTarget(call), headers.join(''), names.join(';'), sha256(call.bodyText)];
  const scope = `${date}/${region}/${SERVICE}/aws4_request`;
  const toSign = [ALGORITHM, time, scope, sha256(canonical.join('\n'))].join('\n');
  const key = [date, region, SERVICE, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}
