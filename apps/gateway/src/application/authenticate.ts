import { createHash, timingSafeEqual } from 'node:crypto';
import { NO_ATTRIBUTION_RULES, type Principal } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { hashKey } from '@ao/runtime';
import { maskKey } from '@ao/telemetry';
import type { KeyDirectory } from './ports.js';
import type { Principals } from './principals.js';

const EMBEDDED_USER = 'embedded_user';
const KEY_LENGTH_MAX = 512;
const HASHES_REMEMBERED_MAX = 10_000;

export interface AuthenticateOptions {
  /** `required`: issued keys; `static`: the listed keys, or nobody's when there are none; `embedded`: one local user. */
  mode: 'required' | 'static' | 'embedded';
  staticKeys: readonly string[];
}

/** Finds out who calls, from the Authorization header alone. */
export class Authenticate {
  private readonly staticKeys: { digest: Buffer; masked: string }[];
  /** Keys already hashed: HMAC is the most expensive step of an authentication. Keys live in memory only. */
  private readonly hashes = new Map<string, string>();

  constructor(
    private readonly options: AuthenticateOptions,
    private readonly principals: Principals,
    private readonly directory: KeyDirectory,
    private readonly pepper: Buffer,
  ) {
    this.staticKeys = options.staticKeys.map((key) => ({ digest: sha256(key), masked: maskKey(key) }));
  }

  /**
   * @param authorization The header as it came.
   * @throws AppError `missing_api_key`, `invalid_api_key`, `backend_unavailable`.
   */
  execute(authorization: string | undefined): Principal | Promise<Principal> {
    const { mode } = this.options;
    if (mode === 'static') return this.checkStatic(authorization);
    if (mode === 'embedded' && !authorization) return this.localPrincipal(EMBEDDED_USER, EMBEDDED_USER, 'owner');
    const found = this.principals.find(this.hash(readBearer(authorization)));
    return found instanceof Promise ? found.then(orRefuse) : orRefuse(found);
  }

  private async checkStatic(authorization: string | undefined): Promise<Principal> {
    if (this.staticKeys.length === 0) return this.localPrincipal('open', 'open', 'owner');
    const digest = sha256(readBearer(authorization));
    // Every key is compared, and digests have one length: the time says nothing about which key was nearly right.
    const matches = this.staticKeys.filter((known) => timingSafeEqual(known.digest, digest));
    const match = orRefuse(matches[0] ?? null);
    // Not the masked key: two may end alike, and would see each other's requests and tasks.
    return this.localPrincipal(`static_${match.digest.toString('hex', 0, 8)}`, match.masked, 'member');
  }

  private async localPrincipal(keyId: string, keyMasked: string, role: Principal['role']): Promise<Principal> {
    return {
      keyId,
      keyName: keyId,
      keyMasked,
      orgId: 'org_default',
      teamId: null,
      userId: keyId === EMBEDDED_USER ? EMBEDDED_USER : null,
      role,
      walletId: await this.directory.defaultWalletId(),
      models: null,
      requestsPerMinuteMax: null,
      tokensPerMinuteMax: null,
      concurrencyMax: null,
      expiresAtMs: null,
      includeCost: false,
      attribution: NO_ATTRIBUTION_RULES,
    };
  }

  private hash(key: string): string {
    const known = this.hashes.get(key);
    if (known) return known;
    const hash = hashKey(key, this.pepper);
    if (this.hashes.size >= HASHES_REMEMBERED_MAX) this.hashes.clear();
    this.hashes.set(key, hash);
    return hash;
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function readBearer(authorization: string | undefined): string {
  if (!authorization) {
    throw new AppError('missing_api_key', 'Send your API key in the header "Authorization: Bearer <key>".');
  }
  const key = bearerKey(authorization);
  if (key !== null) return key;
  throw new AppError(
    'invalid_api_key',
    'The Authorization header must be "Bearer <key>"; Basic and bare keys are not accepted.',
  );
}

/** The key in an Authorization header as it came; null when there is none that could be one. */
export function bearerKey(authorization: string | undefined): string | null {
  const key = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
  return key !== undefined && key.length <= KEY_LENGTH_MAX ? key : null;
}

function orRefuse<T>(found: T | null): T {
  if (found !== null) return found;
  throw new AppError(
    'invalid_api_key',
    'This API key is unknown, expired or revoked. Ask an administrator for a new one.',
  );
}
