import type { Bus } from '@ao/bus';
import { authenticateKeyV1, getOrganisationV1, type Principal } from '@ao/contracts';
import type { KeyDirectory } from '../../application/ports.js';

const FIRST_ORGANISATION_ID = 'org_default';

/** Asks the identity service. */
export class IdentityClient implements KeyDirectory {
  private walletId: Promise<string> | null = null;

  constructor(private readonly bus: Bus) {}

  async find(keyHash: string): Promise<Principal | null> {
    return (await this.bus.request(authenticateKeyV1, { keyHash })).principal;
  }

  /** Asked once: the first organisation keeps its wallet. A failure is not remembered. */
  defaultWalletId(): Promise<string> {
    this.walletId ??= this.bus
      .request(getOrganisationV1, { actor: { orgId: FIRST_ORGANISATION_ID, keyId: 'system', role: 'owner' } })
      .then(({ organisation }) => organisation.walletId)
      .catch((error: unknown) => {
        this.walletId = null;
        throw error;
      });
    return this.walletId;
  }
}
