import { createHash, createHmac } from 'node:crypto';
import { systemClock, type Clock } from '@ao/kernel';
import { parseBaseUrl } from '../transport/base-url.js';
import { authenticatorFor } from './authenticator-for.js';
import type { SignableRequest } from './authenticator.js';
import { AwsSignature } from './aws-signature.js';

const clock: Clock = { ...systemClock, nowMs: () => Date.UTC(2015, 7, 30, 12, 36, 0) };
/** The made-up account of AWS's published examples. */
const accessKeyId = 'AKIDEXAMPLE';
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'; // pragma: allowlist secret
const scheme = { scheme: 'sigv4', service: 'bedrock' } as const;
const runtime = 'https://bedrock-runtime.eu-west-1.amazonaws.com';

const sha = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** The documented algorithm, step by step and independent of the library: the signature of a request as it was sent. */
function signatureOf(request: SignableRequest, sent: Record<string, string>, region: string): string {
  const [path = '', query = ''] = request.path.split('?');
  const names = [...sent['authorization']!.matchAll(/SignedHeaders=([^,]+)/g)][0]![1]!;
  const all: Record<string, string> = { ...sent, host: new URL(request.origin).host };
  if (request.contentType) all['content-type'] = request.contentType;
  const canonical = [
    request.method,
    path.split('/').map(encodeURIComponent).join('/'),
    query.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${all[name]}`),
    '',
    names,
    sha(request.body ?? ''),
  ].join('\n');
  const date = sent['x-amz-date']!;
  const scope = `${date.slice(0, 8)}/${region}/bedrock/aws4_request`;
  const key = [region, 'bedrock', 'aws4_request'].reduce(
    (secret: Buffer, part) => hmac(secret, part),
    hmac(`AWS4${secretAccessKey}`, date.slice(0, 8)),
  );
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha(canonical)].join('\n')).toString('hex');
}

async function signed(
  request: SignableRequest,
  key: string,
  region: string | null = null,
): Promise<Record<string, string>> {
  const authenticator = authenticatorFor(scheme, key, { address: parseBaseUrl(request.origin, region), clock });
  const flat = await authenticator.headersFor(request);
  return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1]!]] : [])));
}

const request = (change: Partial<SignableRequest> = {}): SignableRequest => ({
  method: 'POST',
  origin: runtime,
  path: '/model/eu.amazon.nova-lite-v1%3A0/converse',
  contentType: 'application/json',
  body: Buffer.from('{"messages":[]}'),
  ...change,
});

describe('an AWS signature', () => {
  it('[PR-006] is that of the vector which AWS publishes', async () => {
    const address = parseBaseUrl('https://example.amazonaws.com', 'us-east-1');
    const signature = new AwsSignature({ accessKeyId, secretAccessKey }, 'service', address, clock, {
      checksum: false,
    });
    const flat = await signature.headersFor({
      method: 'GET',
      origin: 'https://example.amazonaws.com',
      path: '/',
      contentType: null,
      body: null,
    });
    expect(flat[flat.indexOf('authorization') + 1]).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
        'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    );
  });

  it.each<[string, Partial<SignableRequest>]>([
    ['a model with a colon', {}],
    [
      'an inference profile by its ARN',
      { path: '/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Aip%2Feu.x/converse-stream' },
    ],
    [
      'a query',
      {
        method: 'GET',
        path: '/foundation-models?byProvider=Amazon&byInferenceType=ON_DEMAND',
        body: null,
        contentType: null,
      },
    ],
    ['text beyond ASCII', { body: Buffer.from('{"text":"Grüße 😀"}') }],
    ['a port', { origin: `${runtime}:8443` }],
  ])('[PR-006] is what the algorithm gives for %s', async (_what, change) => {
    const asked = request(change);
    const headers = await signed(asked, `${accessKeyId}:${secretAccessKey}`);
    expect(headers['authorization']).toContain(`Signature=${signatureOf(asked, headers, 'eu-west-1')}`);
    expect(headers['authorization']).toContain('/20150830/eu-west-1/bedrock/aws4_request');
    expect(headers).not.toHaveProperty('host');
  });

  it('[PR-006] covers the token of a session', async () => {
    const headers = await signed(request(), `${accessKeyId}:${secretAccessKey}:session-token`);
    expect(headers['x-amz-security-token']).toBe('session-token');
    expect(headers['authorization']).toContain('x-amz-security-token');
    expect(headers['authorization']).toContain(`Signature=${signatureOf(request(), headers, 'eu-west-1')}`);
  });

  it('[PR-006] reads keys as JSON, and the region where the host names none', async () => {
    const key = JSON.stringify({ aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey });
    const asked = request({ origin: 'https://bedrock.internal.example' });
    const headers = await signed(asked, key, 'ap-southeast-2');
    expect(headers['authorization']).toContain(`Signature=${signatureOf(asked, headers, 'ap-southeast-2')}`);
  });

  it('[PR-006] is not needed with a Bedrock API key', async () => {
    expect(await signed(request(), 'ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl')).toEqual({
      authorization: 'Bearer ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl',
    });
  });

  it.each([
    ['{"aws_access_key_id":"AKID"}', runtime, 'api_key'],
    ['{not json', runtime, 'api_key'],
    [`${accessKeyId}:${secretAccessKey}`, 'https://bedrock.internal.example', 'base_url'],
  ])('is refused without what it needs, and the refusal names no key: %s at %s', (key, origin, param) => {
    const make = (): unknown => authenticatorFor(scheme, key, { address: parseBaseUrl(origin), clock });
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_parameter', param }));
    expect(make).not.toThrow(expect.objectContaining({ message: expect.stringContaining(secretAccessKey) }));
  });
});
