import { generateKeyPairSync, verify } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock, type Clock } from '@ao/kernel';
import { startFixtureServer, type FixtureServer } from '../testing/fixture-server.js';
import { parseBaseUrl } from '../transport/base-url.js';
import { authenticatorFor } from './authenticator-for.js';
import type { Authenticator } from './authenticator.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const request = { method: 'POST', origin: '', path: '/', contentType: null, body: null };

let google: FixtureServer;
let nowMs: number;
let tokens: number;
const clock: Clock = { ...systemClock, nowMs: () => nowMs };

beforeEach(async () => {
  nowMs = 1_762_251_151_000;
  tokens = 0;
  google = await startFixtureServer(async (socket) => {
    await pause(20);
    tokens += 1;
    socket.write(answer(200, { access_token: `ya29.token-${tokens}`, expires_in: 3_599, token_type: 'Bearer' }));
  });
});
afterEach(() => google.stop());

function answer(status: number, body: object): string {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status} Status\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
}

const account = (change: object = {}): string =>
  JSON.stringify({
    type: 'service_account',
    client_email: 'gateway@acme.iam.gserviceaccount.com',
    private_key_id: 'key-1',
    private_key: pem,
    token_uri: `${google.url}/token`,
    ...change,
  });

const authenticator = (key = account(), baseUrl = google.url): Authenticator =>
  authenticatorFor({ scheme: 'google-service-account' }, key, { address: parseBaseUrl(baseUrl), clock });

describe('the tokens of a service account', () => {
  it('[PR-004] are asked for with an assertion that the private key has signed', async () => {
    expect(await authenticator().headersFor(request)).toEqual(['authorization', 'Bearer ya29.token-1']);
    const { method, path, headers, body } = google.firstRequest;
    expect([method, path, headers['content-type']]).toEqual(['POST', '/token', 'application/x-www-form-urlencoded']);
    const form = new URLSearchParams(body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [header, claims, signature] = form.get('assertion')!.split('.') as [string, string, string];
    expect(
      verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    expect(read(claims)).toEqual({
      iss: 'gateway@acme.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: `${google.url}/token`,
      iat: 1_762_251_151,
      exp: 1_762_254_751,
    });
  });

  it('[PR-004] are asked for once, however many calls wait, and kept until shortly before they expire', async () => {
    const tokensOf = authenticator();
    const all = await Promise.all(Array.from({ length: 50 }, async () => tokensOf.headersFor(request)));
    expect(new Set(all.map(String)).size).toBe(1);
    nowMs += 3_538_000;
    expect(await tokensOf.headersFor(request)).toContain('Bearer ya29.token-1');
    nowMs += 2_000;
    expect(await tokensOf.headersFor(request)).toContain('Bearer ya29.token-2');
    expect(google.requests).toHaveLength(2);
  });

  it('[PR-004] are a failure that another provider may make good, and asked for again a second later', async () => {
    const good = google.answer;
    google.answer = (socket) => void socket.write(answer(400, { error: 'invalid_grant' }));
    const tokensOf = authenticator();
    const refused = { code: 'upstream_error', retryable: true, upstreamStatus: 401, mayBeCharged: false };
    await expect(tokensOf.headersFor(request)).rejects.toMatchObject(refused);
    await expect(tokensOf.headersFor(request)).rejects.toMatchObject(refused);
    expect(google.requests).toHaveLength(1);
    nowMs += 1_001;
    google.answer = good;
    expect(await tokensOf.headersFor(request)).toContain('Bearer ya29.token-1');
  });

  it.each([[{ access_token: 'a\r\nhost: evil', expires_in: 1 }], [{ expires_in: 3_599 }], [[]]])(
    'are not taken from %j',
    async (body) => {
      google.answer = (socket) => void socket.write(answer(200, body));
      await expect(authenticator().headersFor(request)).rejects.toMatchObject({ kind: 'protocol' });
    },
  );

  it('let a caller leave who waits for one, and serve those who stay', async () => {
    const tokensOf = authenticator();
    const controller = new AbortController();
    const left = tokensOf.headersFor({ ...request, signal: controller.signal });
    const stayed = tokensOf.headersFor(request);
    controller.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(await stayed).toContain('Bearer ya29.token-1');
  });

  it('[PR-004] are not needed when the key is a token already', async () => {
    expect(await authenticator('ya29.mine').headersFor(request)).toEqual(['authorization', 'Bearer ya29.mine']);
  });
});

describe('the JSON of a service account', () => {
  it.each([
    ['https://evil.example/token'],
    ['https://googleapis.com.evil.example/token'],
    ['http://oauth2.googleapis.com/token'],
    ['https://user:pass@oauth2.googleapis.com/token'],
    ['http://169.254.169.254/computeMetadata'],
    ['http://127.0.0.1:9/token'],
    ['nothing'],
    [7],
  ])('is refused with the token_uri %p', (tokenUri) => {
    const make = (): unknown =>
      authenticator(account({ token_uri: tokenUri }), 'https://europe-west4-aiplatform.googleapis.com');
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'api_key' }));
  });

  it.each([
    '{',
    '{}',
    accountWithout('private_key'),
    accountWithout('client_email'),
    '{"client_email":"a","private_key":"b"}',
  ])('is refused when it is %s', (key) => {
    expect(() => authenticator(key)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'api_key' }));
  });
});

function accountWithout(name: string): string {
  return JSON.stringify({ client_email: 'a@b', private_key: pem, [name]: undefined });
}
