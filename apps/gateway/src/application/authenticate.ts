import { createHash, timingSafeEqual } from 'node:crypto';
import { NO_ATTRIBUTION_RULES, type Principal } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { hashKey } from '@ao/runtime';
import { maskKey } from '@ao/telemetry';
import type { WrongKeys } from './limits/wrong-keys.js';
import type { KeyDirectory } from './ports.js';
import type { Principals } from './principals.js';

const EMBEDDED_USER = 'embedded_user';
const KEY_LENGTH_MAX = 512;
const HASHES_REMEMBERED_MAX = 10_000;

export interface AuthenticateOptions {
  /** `required`: issued keys; `static`: the listed keys, or nobody's when there are none; `embedded`: one local user. */
  mode: 'required' | 'static' | 'embedded';
  staticKeys: readonly string[];
  /** Of callers without an issued key; null for no limit. */
  keyless: KeylessLimits;
  wrongKeys: WrongKeys;
}

/** What callers without an issued key are held to: issued keys carry limits of their own. */
export interface KeylessLimits {
  /** Where no key is asked for at all. */
  requestsPerMinutePerAddressMax: number | null;
  requestsPerMinutePerSessionMax: number | null;
  concurrencyMax: number | null;
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
   * @param address Of the caller: too many wrong keys from there, and no further one is looked up.
   * @throws AppError `missing_api_key`, `invalid_api_key`, `rate_limit_exceeded`, `backend_unavailable`.
   */
  execute(authorization: string | undefined, address: string): Principal | Promise<Principal> {
    const { mode } = this.options;
    if (mode === 'static') return this.checkStatic(authorization, address);
    if (mode === 'embedded' && !authorization) return this.localPrincipal(EMBEDDED_USER, EMBEDDED_USER, 'owner', true);
    const hash = this.hash(readBearer(authorization));
    const found = this.principals.hasSeen(hash) ? this.principals.find(hash) : this.findStranger(hash, address);
    if (found === null || found instanceof Promise) return this.orRefuse(found, address);
    return found;
  }

  /** Whoever tries out keys asks nobody but us after a while. */
  private async findStranger(hash: string, address: string): Promise<Principal | null> {
    await this.options.wrongKeys.check(address);
    return this.principals.find(hash);
  }

  private async orRefuse(found: Promise<Principal | null> | Principal | null, address: string): Promise<Principal> {
    const principal = await found;
    if (principal !== null) return principal;
    await this.options.wrongKeys.note(address);
    throw new AppError(
      'invalid_api_key',
      'This API key is unknown, expired or revoked. Ask an administrator for a new one.',
    );
  }

  private async checkStatic(authorization: string | undefined, address: string): Promise<Principal> {
    if (this.staticKeys.length === 0) return this.localPrincipal('open', 'open', 'owner', true);
    const digest = sha256(readBearer(authorization));
    // Every key is compared, and digests have one length: the time says nothing about which key was nearly right.
    const matches = this.staticKeys.filter((known) => timingSafeEqual(known.digest, digest));
    const [match] = matches;
    if (!match) return this.orRefuse(null, address);
    // Not the masked key: two may end alike, and would see each other's requests and tasks.
    return this.localPrincipal(`static_${match.digest.toString('hex', 0, 8)}`, match.masked, 'member', false);
  }

  private async localPrincipal(
    keyId: string,
    keyMasked: string,
    role: Principal['role'],
    isKeyless: boolean,
  ): Promise<Principal> {
    const { concurrencyMax, requestsPerMinutePerAddressMax, requestsPerMinutePerSessionMax } = this.options.keyless;
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
      concurrencyMax,
      modelLimits: [],
      requestsPerMinutePerAddressMax: isKeyless ? requestsPerMinutePerAddressMax : null,
      requestsPerMinutePerSessionMax,
      priority: 'normal',
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
