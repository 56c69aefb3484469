import { referencedVariable, referenceTo, type Environment, type SecretBox } from '@ao/config';
import { AppError } from '@ao/kernel';
import { maskKey } from '@ao/telemetry';
import { mayReference } from '../domain/key-reference.js';
import type { Provider, ProviderKey } from '../domain/provider.js';

const NO_KEY: ProviderKey = { sealed: null, masked: null, reference: null };

/** The way of a provider's key: in as text, kept sealed or as a reference, out sealed to the gateways. */
export class ProviderKeys {
  /** Sealing gives another text each time; keeping it keeps the published table the same while nothing changes. */
  private readonly sealed = new Map<string, string>();

  constructor(
    private readonly secretBox: SecretBox,
    private readonly environment: Environment,
    private readonly variablesAllowed: readonly string[],
  ) {}

  /**
   * What is stored of a key that came over the API.
   * @throws AppError `permission_denied` for a variable that the organisation may not name.
   */
  take(orgId: string, apiKey: string | null): ProviderKey {
    if (apiKey === null) return NO_KEY;
    const variable = referencedVariable(apiKey);
    if (variable === null) return { sealed: this.secretBox.seal(apiKey), masked: maskKey(apiKey), reference: null };
    if (!mayReference(orgId, variable, this.variablesAllowed)) {
      throw new AppError(
        'permission_denied',
        `The variable ${variable} cannot be used as a provider key. Give the key itself, or ask the operator to name the ` +
          'variable in AO_PROVIDER_KEY_VARIABLES.',
        { param: 'api_key' },
      );
    }
    return { ...NO_KEY, reference: referenceTo(variable) };
  }

  /** What is kept of a key that the operator's file gives. */
  takeFromFile(apiKey: string | null, reference: string | null): ProviderKey {
    if (apiKey === null) return { ...NO_KEY, reference };
    return { sealed: this.sealOnce(apiKey), masked: maskKey(apiKey), reference };
  }

  /** The key as the gateways get it; null when there is none, or its variable is not set now. */
  sealedFor({ key }: Provider): string | null {
    if (key.sealed !== null || key.reference === null) return key.sealed;
    const value = this.environment[referencedVariable(key.reference) ?? '']?.trim();
    return value ? this.sealOnce(value) : null;
  }

  /** The key in plain text, for one call. */
  open(provider: Provider): string | null {
    const sealed = this.sealedFor(provider);
    return sealed === null ? null : this.secretBox.open(sealed);
  }

  private sealOnce(apiKey: string): string {
    const sealed = this.sealed.get(apiKey) ?? this.secretBox.seal(apiKey);
    this.sealed.set(apiKey, sealed);
    return sealed;
  }
}
