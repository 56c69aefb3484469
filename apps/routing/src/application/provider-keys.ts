import { referencedVariable, type SecretBox } from '@ao/config';
import { AppError, withDeadline } from '@ao/kernel';
import { maskKey } from '@ao/telemetry';
import type { Provider, ProviderKey } from '../domain/provider.js';
import { KeyUnavailableError, type KeyCopy, type KeySource } from './ports.js';

const NO_KEY: ProviderKey = { sealed: null, masked: null, reference: null };
/** What the routing table holds for one key. */
const SEALED_CHARACTERS_MAX = 8_192;
const READ_DEADLINE_MS = 2_000;

/** The way of a provider's key: in as text, kept sealed or as a reference, out sealed to the gateways. */
export class ProviderKeys {
  /** Sealing gives another text each time; keeping it keeps the published table the same while nothing changes. */
  private readonly sealed = new Map<string, string>();

  constructor(
    private readonly secretBox: SecretBox,
    private readonly source: KeySource,
  ) {}

  /**
   * What is stored of a key that came over the API.
   * @throws AppError `invalid_parameter` (two keys, too long a key), `permission_denied` (a reference that the
   * organisation may not name).
   */
  take(
    orgId: string,
    given: { apiKey?: string | null | undefined; keyReference?: string | null | undefined },
  ): ProviderKey {
    const { apiKey = null, keyReference = null } = given;
    if (apiKey !== null && keyReference !== null) {
      throw new AppError('invalid_parameter', 'Give either api_key or key_ref.', { param: 'key_ref' });
    }
    if (keyReference !== null) return this.takeReference(orgId, keyReference, 'key_ref');
    if (apiKey === null) return NO_KEY;
    if (referencedVariable(apiKey) !== null) return this.takeReference(orgId, apiKey, 'api_key');
    const sealed = this.secretBox.seal(apiKey);
    if (sealed.length > SEALED_CHARACTERS_MAX) throw tooLong();
    return { sealed, masked: masked(apiKey), reference: null };
  }

  /** What is kept of a key that the operator's file gives: a reference is looked up anew for each table. */
  takeFromFile(apiKey: string | null, reference: string | null): ProviderKey {
    if (apiKey === null || reference !== null) return { ...NO_KEY, reference };
    return { sealed: this.sealOnce(apiKey), masked: masked(apiKey), reference };
  }

  /**
   * The key that a provider's reference gives now, sealed.
   * @throws KeyUnavailableError
   */
  async readSealed({ key, source }: Provider): Promise<string> {
    const late = (): Error => new KeyUnavailableError(`it gave no key within ${READ_DEADLINE_MS} ms`);
    const reading = this.source.read(key.reference ?? '', source === 'config');
    const sealed = this.sealOnce(await withDeadline(reading, READ_DEADLINE_MS, late));
    if (sealed.length > SEALED_CHARACTERS_MAX) throw new KeyUnavailableError('the key is too long');
    return sealed;
  }

  /**
   * The key as the gateways get it; null when there is none.
   * @param copy Taken where the reference gives none now.
   */
  async sealedFor(provider: Provider, copy: KeyCopy | null): Promise<string | null> {
    const { sealed, reference } = provider.key;
    if (sealed !== null || reference === null) return sealed;
    try {
      return await this.readSealed(provider);
    } catch (error) {
      if (!(error instanceof KeyUnavailableError)) throw error;
      return copy?.reference === reference ? copy.sealed : null;
    }
  }

  /** A sealed key in plain text, for one call or comparison. */
  open(sealed: string): string {
    return this.secretBox.open(sealed);
  }

  private takeReference(orgId: string, reference: string, param: string): ProviderKey {
    const refusal = this.source.refusalOf(orgId, reference);
    if (refusal !== null) throw new AppError('permission_denied', refusal, { param });
    return { ...NO_KEY, reference };
  }

  private sealOnce(apiKey: string): string {
    const sealed = this.sealed.get(apiKey) ?? this.secretBox.seal(apiKey);
    this.sealed.set(apiKey, sealed);
    return sealed;
  }
}

/** Of a JSON credential nothing is shown: its end may be anything. */
const masked = (apiKey: string): string => (apiKey.trimStart().startsWith('{') ? '****' : maskKey(apiKey));

const tooLong = (): AppError =>
  new AppError('invalid_parameter', 'The key is too long: about 6,000 characters are stored.', { param: 'api_key' });
