import type { RoutedProvider, routingTableSnapshot, ValueOf } from '@ao/contracts';
import { providerTimeouts } from '@ao/contracts';
import { withDeadline, type Logger } from '@ao/kernel';
import type { Catalogue } from './catalogue.js';
import type { Provider } from '../domain/provider.js';
import type { CatalogueSource, Finding, RoutingTable, StoredTable, TableRepository } from './ports.js';
import type { ProviderKeys } from './provider-keys.js';
import { reachOf } from './provider-reach.js';

type Table = ValueOf<typeof routingTableSnapshot>;

/** How long an administrator waits for the gateways to hear of a change. */
const REFRESH_WAIT_MS = 500;

/**
 * Publishes the routing table: what is stored joined with the operator's models. One publication runs at a time; a
 * request that comes in while one runs is served by one more after it, since that one may have read too early.
 */
export class PublishRoutingTable implements RoutingTable {
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private published: { revision: bigint; catalogue: Catalogue } | null = null;

  constructor(
    private readonly tables: TableRepository,
    private readonly catalogue: CatalogueSource,
    private readonly keys: ProviderKeys,
    private readonly put: (table: Table) => Promise<void>,
    private readonly logger: Logger,
    private readonly allowPrivate: boolean,
  ) {}

  /** Whether the gateways have ever got a table from this process. */
  get ready(): boolean {
    return this.published !== null;
  }

  /** @param waitMs After this long the publication goes on behind the caller's back. */
  async refresh(waitMs = REFRESH_WAIT_MS): Promise<void> {
    const late = (): Error => new Error(`not published within ${waitMs} ms`);
    try {
      await withDeadline(this.publishAfterRunning(), waitMs, late);
    } catch (error) {
      this.logger.warn({ err: error }, 'the routing table was not published; it will be tried again');
    }
  }

  /** Publishes if another replica, the operator or a failure left the gateways behind. Never rejects. */
  async catchUp(): Promise<void> {
    try {
      const revision = await this.tables.readRevision();
      const current = this.published;
      if (current?.revision === revision && current.catalogue === this.catalogue.current) return;
      await this.refresh();
    } catch (error) {
      this.logger.warn({ err: error }, 'the routing table cannot be read; the gateways keep their last one');
    }
  }

  private publishAfterRunning(): Promise<void> {
    if (!this.running && !this.next) return this.start();
    this.next ??= (this.running ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.start();
      });
    return this.next;
  }

  private start(): Promise<void> {
    this.running = this.publish().finally(() => (this.running = null));
    return this.running;
  }

  private async publish(): Promise<void> {
    const catalogue = this.catalogue.current;
    const stored = await this.tables.read();
    await this.put(await this.compose(stored, catalogue));
    this.published = { revision: stored.revision, catalogue };
    const { version, providers, deployments } = stored;
    this.logger.info(
      { version, stored: { providers: providers.length, deployments: deployments.length } },
      'routing table published',
    );
  }

  private async compose({ version, findings, ...stored }: StoredTable, catalogue: Catalogue): Promise<Table> {
    const providers = [...catalogue.providers, ...stored.providers];
    return {
      version,
      providers: await Promise.all(providers.map((provider) => this.toRouted(provider, findings.get(provider.id)))),
      deployments: [...catalogue.deployments, ...stored.deployments],
      aliases: [...catalogue.aliases, ...stored.aliases],
      settings: [{ orgId: null, settings: catalogue.settings }, ...stored.settings],
      rules: stored.rules,
      experiments: stored.experiments,
    };
  }

  private async toRouted(provider: Provider, finding: Finding | undefined): Promise<RoutedProvider> {
    const { id, name, kind, vendor, baseUrl, organisation, connectionsMax, region } = provider;
    const sealedKey = await this.keys.sealedFor(provider, finding?.keyCopy ?? null);
    if (sealedKey === null && provider.key.reference !== null) {
      this.logger.warn({ provider: id, reference: provider.key.reference }, 'the reference of a provider gives no key');
    }
    return {
      id,
      name,
      kind,
      vendor,
      baseUrl,
      sealedKey,
      organisation,
      timeouts: providerTimeouts.parse(provider.timeouts),
      connectionsMax,
      region,
      reach: reachOf(provider, this.allowPrivate),
      healthy: finding?.healthy ?? true,
    };
  }
}
