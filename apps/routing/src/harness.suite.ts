import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  createProviderV1,
  routingActionPerformedV1,
  routingTableSnapshot,
  type Actor,
  type CallOf,
  type Provider,
  type ValueOf,
} from '@ao/contracts';
import { openDatabase } from '@ao/database';
import { UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { runService, type HostContext, type RunningService } from '@ao/runtime';
import { createTestDatabase, temporaryFolder, waitFor, type TemporaryFolder, type TestDatabase } from '@ao/testing';
import { routingService } from './index.js';

export type Table = ValueOf<typeof routingTableSnapshot>;

export const owner: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'owner' };
export const stranger: Actor = { orgId: 'org_tenant', keyId: 'key_tenant', role: 'admin' };
export const secretBox = new SecretBox(Buffer.alloc(32, 1));
export const SECRET = 'sk-0-provider-secret-7f3a';

export const configFile = (groups: string[], settings: object = {}): string =>
  JSON.stringify({
    model_list: groups.map((model_name) => ({
      model_name,
      litellm_params: {
        model: 'groq/llama-3',
        api_key: 'os.environ/GROQ_API_KEY',
        region: 'eu-west1',
        tags: ['eu'],
        weight: 3,
        order: 2,
        rpm: 60,
        tpm: 1000,
      },
    })),
    router_settings: {
      model_group_alias: { fast: groups[0], secret: { model: groups[0], hidden: true } },
      ...settings,
    },
  });

/** A bus that answers requests but cannot publish snapshots, as NATS without its JetStream. */
export class AwayBus extends MemoryBus {
  away = true;

  override putSnapshot: MemoryBus['putSnapshot'] = (contract, value) =>
    this.away ? Promise.reject(new Error('JetStream is away')) : super.putSnapshot(contract, value);
}

/** A request waits for its publication for a moment only: on a busy machine the table follows a little later. */
export const eventually = (check: () => void): Promise<true> =>
  waitFor(() => {
    check();
    return true as const;
  });

/** The service over a real PostgreSQL, with an AO_CONFIG file, the demo provider and the table that gateways would see. */
export class RoutingHarness {
  readonly bus = new MemoryBus(silentLogger);
  /** What the audit chain was told: organisation, action, target. */
  readonly actions: string[] = [];
  simulator!: Simulator;
  host!: HostContext;
  service!: RunningService;
  /** The newest that was published. */
  table!: Table;
  /** The path of the AO_CONFIG file. */
  file!: string;
  private database!: TestDatabase;
  private folder!: TemporaryFolder;
  private readonly replicas: (() => Promise<void>)[] = [];
  private number = 0;

  /** @param settings Beyond those of every harness: in them nothing is asked of providers by itself. */
  constructor(private readonly settings: Readonly<Record<string, string>> = {}) {}

  async start(): Promise<void> {
    this.database = await createTestDatabase();
    this.folder = await temporaryFolder('routing');
    this.simulator = await startSimulator();
    this.file = path.join(this.folder.path, 'config.yaml');
    await writeFile(this.file, configFile(['llama']));
    await this.bus.watchSnapshot(routingTableSnapshot, (value) => void (this.table = value));
    await this.bus.subscribe(routingActionPerformedV1, { kind: 'broadcast' }, (batch) => {
      this.actions.push(...batch.map(({ payload }) => `${payload.orgId} ${payload.action} ${payload.targetId}`));
    });
    this.host = {
      bus: this.bus,
      logger: silentLogger,
      clock: systemClock,
      ids: new UuidV7Generator(),
      secretBox,
      keyPepper: Buffer.alloc(32, 7),
      dataDirectory: '.',
      databaseUrl: this.database.url,
      openWarehouse: () => Promise.reject(new Error('routing asks no warehouse')),
      environment: {
        AO_CONFIG: this.file,
        AO_DEMO_PROVIDER_URL: this.simulator.url,
        AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
        ROUTING_POLL_INTERVAL_MS: '100',
        PROVIDER_HEALTH_INTERVAL_MS: '0',
        PROVIDER_MODELS_INTERVAL_MS: '0',
        PROVIDER_KEY_INTERVAL_MS: '0',
        GROQ_API_KEY: 'gsk-from-the-environment',
        MY_API_KEY: 'sk-from-the-environment',
        ...this.settings,
      },
    };
    this.service = await runService(routingService, this.host);
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((stop) => stop()));
    await this.service.stop();
    await this.simulator.stop();
    await this.bus.close();
    await this.folder.remove();
    await this.database.drop();
  }

  /** One more replica, on a bus of its own and the same database, until the harness stops. */
  async startReplica(environment: Readonly<Record<string, string>> = {}): Promise<MemoryBus> {
    const bus = new MemoryBus(silentLogger);
    this.replicas.push(() => bus.close());
    const given = { ...this.host.environment, ...environment };
    const { stop } = await runService(routingService, { ...this.host, bus, environment: given });
    this.replicas.unshift(stop);
    return bus;
  }

  /** A provider of its own name on the simulator, once it is published. */
  readonly create = async (settings: Partial<CallOf<typeof createProviderV1>> = {}): Promise<Provider> => {
    this.number += 1;
    const baseUrl = `${this.simulator.url}/v1`;
    const request = { actor: owner, name: `provider ${this.number}`, baseUrl, apiKey: SECRET };
    const { provider } = await this.bus.request(createProviderV1, { ...request, ...settings });
    await waitFor(() => this.published(provider.id));
    return provider;
  };

  readonly published = (id: string): Table['providers'][number] | undefined =>
    this.table.providers.find((each) => each.id === id);

  readonly deploymentsOf = (providerId: string): Table['deployments'] =>
    this.table.deployments
      .filter((each) => each.providerId === providerId)
      .sort((a, b) => a.model.localeCompare(b.model));

  readonly groupsOf = (providerId: string): string[] =>
    this.deploymentsOf(providerId).map(({ modelGroup }) => modelGroup);

  readonly rowsOf = async (query: string): Promise<string> => {
    const limits = { poolSizeMax: 1, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000 };
    const database = openDatabase({ url: this.database.url, schema: 'routing', ...limits });
    const { rows } = await database.pool.query(query);
    await database.close();
    return JSON.stringify(rows);
  };
}
