import type { Actor, ResponseOf, rotateProviderKeyV1 } from '@ao/contracts';
import { AppError, type Logger } from '@ao/kernel';
import { OPERATOR_ORGANISATION_ID } from '../domain/key-reference.js';
import type { Provider } from '../domain/provider.js';
import type { FindProvider } from './find-provider.js';
import {
  KeyUnavailableError,
  type Consequences,
  type FindingRepository,
  type KeyState,
  type RoutingTable,
} from './ports.js';
import type { ProviderEvents } from './provider-events.js';
import type { ProviderKeys } from './provider-keys.js';

type Outcome = ResponseOf<typeof rotateProviderKeyV1>;
type KeyReading = { sealed: string } | { failure: string };
type Decision = Consequences & { after: KeyState; outcome: Outcome };

/**
 * Reads a key that is kept by reference again (PR-018). Another key is published: calls under way end with the old one,
 * the next begin with the new one. A source that gives none changes nothing, and is told of once.
 */
export class RotateKey {
  constructor(
    private readonly finder: FindProvider,
    private readonly keys: ProviderKeys,
    private readonly findings: FindingRepository,
    private readonly events: ProviderEvents,
    private readonly table: RoutingTable,
    private readonly logger: Logger,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `conflict` (the key is not kept by reference). */
  async onRequest(actor: Actor, providerId: string): Promise<Outcome> {
    const provider = await this.finder.execute(actor, providerId);
    if (provider.orgId === null && actor.orgId !== OPERATOR_ORGANISATION_ID) {
      throw new AppError('permission_denied', `The provider ${provider.name} is the operator's.`);
    }
    if (provider.key.reference === null) {
      throw new AppError('conflict', 'The key is not kept by reference: give the new one with PATCH, as api_key.');
    }
    return this.execute(provider, actor);
  }

  /** @param actor Absent: the service does it by itself. */
  async execute(provider: Provider, actor?: Actor): Promise<Outcome> {
    const reading = await this.read(provider);
    const { outcome, tableChanged } = await this.findings.recordKey(provider.id, (before) =>
      this.decide(provider, reading, before, actor),
    );
    if (outcome.outcome !== 'unchanged') {
      const { reference } = provider.key;
      this.logger.warn({ provider: provider.id, reference, ...outcome }, 'the key of a provider was read again');
    }
    if (tableChanged) await this.table.refresh();
    return outcome;
  }

  private decide(provider: Provider, reading: KeyReading, before: KeyState, actor: Actor | undefined): Decision {
    if ('failure' in reading) {
      const { failure } = reading;
      const events = before.failure === null ? [this.events.rotationFailed(provider, failure)] : [];
      const outcome = { outcome: 'failed', reason: failure } as const;
      return { after: { ...before, failure }, events, tableChanged: false, outcome };
    }
    const reference = provider.key.reference!;
    const known = before.copy?.reference === reference ? before.copy.sealed : null;
    const isSame = known !== null && this.keys.open(known) === this.keys.open(reading.sealed);
    const copy = isSame ? before.copy : { reference, sealed: reading.sealed };
    const rotated = known !== null && !isSame;
    return {
      after: { copy, failure: null },
      events: rotated ? [this.events.keyRotated(provider, actor)] : [],
      tableChanged: !isSame,
      outcome: { outcome: rotated ? 'rotated' : 'unchanged', reason: null },
    };
  }

  private async read(provider: Provider): Promise<KeyReading> {
    try {
      return { sealed: await this.keys.readSealed(provider) };
    } catch (error) {
      if (error instanceof KeyUnavailableError) return { failure: error.message };
      throw error;
    }
  }
}
