import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import { getTaskV1, submitTaskV1, type Actor, type CallOf, type Task } from '@ao/contracts';
import { openDatabase, type Database } from '@ao/database';
import { UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { runService, type HostContext, type RunningService } from '@ao/runtime';
import { createTestDatabase, waitFor, type TestDatabase } from '@ao/testing';
import { agentsService } from './index.js';

const QUICK = { AGENTS_POLL_MS: '20', AGENTS_CALL_RETRIES_MAX: '0', SHUTDOWN_TIMEOUT_MS: '5000' };

export const alice: Actor = { orgId: 'org_1', keyId: 'key_alice', role: 'member' };
export const ALICE_KEY = 'sk-ao-the-key-of-alice';
/** A model of the simulator that answers with this text. */
export const saying = (text: string): string => `demo-chat?text=${text}`;

/** The service on a bus and a database of its own, with the simulator where its gateway would be. */
export class AgentsHost {
  readonly bus = new MemoryBus(silentLogger);
  readonly secretBox = new SecretBox(Buffer.alloc(32, 1));
  readonly ids = new UuidV7Generator();
  /** The service's own schema, as an operator sees it. */
  readonly database: Database;
  private service: RunningService | undefined;

  private constructor(
    private readonly testDatabase: TestDatabase,
    readonly gateway: Simulator,
  ) {
    const limits = { poolSizeMax: 2, connectTimeoutMs: 2_000, statementTimeoutMs: 5_000 };
    this.database = openDatabase({ url: testDatabase.url, schema: 'agents', ...limits });
  }

  static async start(environment: Record<string, string> = {}): Promise<AgentsHost> {
    const host = new AgentsHost(await createTestDatabase(), await startSimulator());
    await host.run(environment);
    return host;
  }

  async run(environment: Record<string, string> = {}): Promise<void> {
    const context: HostContext = {
      bus: this.bus,
      logger: silentLogger,
      clock: systemClock,
      ids: this.ids,
      secretBox: this.secretBox,
      keyPepper: Buffer.alloc(32, 7),
      dataDirectory: '.',
      environment: { AO_GATEWAY_URL: this.gateway.url, ...QUICK, ...environment },
      databaseUrl: this.testDatabase.url,
      openWarehouse: () => Promise.reject(new Error('agents needs no warehouse')),
    };
    this.service = await runService(agentsService, context);
  }

  async halt(): Promise<void> {
    await this.service?.stop();
    this.service = undefined;
  }

  async stop(): Promise<void> {
    await this.halt();
    await this.bus.close();
    await this.database.close();
    await this.gateway.stop();
    await this.testDatabase.drop();
  }

  async submit(request: Partial<CallOf<typeof submitTaskV1>> = {}): Promise<Task> {
    const { task } = await this.bus.request(submitTaskV1, {
      actor: alice,
      query: 'Summarise the report',
      model: saying('short'),
      sealedKey: this.secretBox.seal(ALICE_KEY),
      ...request,
    });
    return task;
  }

  async get(taskId: string, actor: Actor = alice): Promise<Task> {
    return (await this.bus.request(getTaskV1, { actor, taskId })).task;
  }

  reaches(taskId: string, status: Task['status'], timeoutMs = 10_000): Promise<Task> {
    return waitFor(
      async () => {
        const task = await this.get(taskId);
        return task.status === status ? task : null;
      },
      { description: `the task to be ${status}`, timeoutMs },
    );
  }

  /** Every column of a task. */
  async row(taskId: string): Promise<Record<string, unknown>> {
    const { rows } = await this.database.pool.query('SELECT * FROM task WHERE id = $1', [taskId]);
    return rows[0] as Record<string, unknown>;
  }
}
