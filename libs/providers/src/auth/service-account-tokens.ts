import { sign } from 'node:crypto';
import type { Clock } from '@ao/kernel';
import { RefusedStatus } from '../failure-reason.js';
import { callOnce } from '../transport/call-once.js';
import { UpstreamFailure } from '../transport/upstream-failure.js';
import type { Authenticator, SignableRequest } from './authenticator.js';
import type { ServiceAccount } from './service-account.js';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const ASSERTION_SECONDS = 3_600;
/** A token is not used any more when a call that begins now could outlast it before the provider looks at it. */
const MARGIN_MS = 60_000;
/** How long a failure is believed: callers that come in crowds must not become a crowd of requests for tokens. */
const FAILURE_KEPT_MS = 1_000;
const TIMEOUTS = { connectMs: 5_000, firstByteMs: 10_000, idleMs: 10_000, totalMs: 10_000 };
const ANSWER_BYTES_MAX = 65_536;

interface Token {
  readonly headers: readonly string[];
  readonly untilMs: number;
}

/** Access tokens of a service account (RFC 7523): obtained once for all who wait, kept until shortly before they expire. */
export class ServiceAccountTokens implements Authenticator {
  private token: Token | null = null;
  private failure: { readonly error: unknown; readonly untilMs: number } | null = null;
  private fetching: Promise<Token> | null = null;

  constructor(
    private readonly account: ServiceAccount,
    private readonly clock: Clock,
  ) {}

  headersFor({ signal }: SignableRequest): readonly string[] | Promise<readonly string[]> {
    const nowMs = this.clock.nowMs();
    if (this.token !== null && nowMs < this.token.untilMs) return this.token.headers;
    if (this.failure !== null && nowMs < this.failure.untilMs) return Promise.reject(this.failure.error);
    this.fetching ??= this.renew();
    return abandonable(this.fetching, signal).then(({ headers }) => headers);
  }

  private async renew(): Promise<Token> {
    try {
      this.token = await this.fetch();
      return this.token;
    } catch (error) {
      this.failure = { error, untilMs: this.clock.nowMs() + FAILURE_KEPT_MS };
      throw error;
    } finally {
      this.fetching = null;
    }
  }

  private async fetch(): Promise<Token> {
    const { origin, pathname } = this.account.tokenUrl;
    const sentAtMs = this.clock.nowMs();
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: this.assertion(sentAtMs),
    });
    const call = {
      method: 'POST' as const,
      path: pathname,
      headers: ['content-type', 'application/x-www-form-urlencoded', 'accept', 'application/json'],
      body: Buffer.from(form.toString()),
      timeouts: TIMEOUTS,
      signal: undefined,
    };
    const { status, body } = await callOnce({ origin, reach: 'any' }, call, ANSWER_BYTES_MAX, this.clock);
    // Google says 400 for a key that was revoked: to whoever configured it, that is a key refused.
    if (status !== 200) throw new RefusedStatus(status === 400 ? 401 : status);
    return readToken(body, sentAtMs);
  }

  private assertion(nowMs: number): string {
    const { email, privateKey, privateKeyId, tokenUrl } = this.account;
    const issuedAt = Math.floor(nowMs / 1_000);
    const header = { alg: 'RS256', typ: 'JWT', ...(privateKeyId !== null && { kid: privateKeyId }) };
    const claims = { iss: email, scope: SCOPE, aud: tokenUrl.href, iat: issuedAt, exp: issuedAt + ASSERTION_SECONDS };
    const unsigned = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${unsigned}.${sign('RSA-SHA256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
  }
}

function readToken(body: Buffer, sentAtMs: number): Token {
  const invalid = (): UpstreamFailure => new UpstreamFailure('protocol', { internal: 'no access token' });
  let answer: { access_token?: unknown; expires_in?: unknown } | null;
  try {
    answer = JSON.parse(body.toString()) as typeof answer;
  } catch {
    throw invalid();
  }
  const { access_token: token, expires_in: seconds } = answer ?? {};
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(token)) throw invalid();
  const lifeMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : 0;
  return { headers: ['authorization', `Bearer ${token}`], untilMs: sentAtMs + lifeMs - MARGIN_MS };
}

/** Lets one of those who wait leave without stopping the rest. */
function abandonable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
