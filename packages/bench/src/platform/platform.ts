import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainEnvironment } from '../config.js';
import { Child } from '../programs/child.js';
import { AdminClient } from './admin-client.js';
import { CALL_COST, MODEL, modelConfig } from './model.js';

const READY_DEADLINE_MS = 90_000;
const SETTLE_DEADLINE_MS = 120_000;
/** So much that no run reaches it: every call is reserved, none is refused. */
const LIMIT_USD = '100000000';

/** The platform as `npm start` runs it, with data of its own that goes with it. */
export class MeasuredPlatform {
  private answeredCalls = 0;
  private keepsData = false;
  private payer: { walletId: string; key: string } = { walletId: '', key: '' };

  private constructor(
    readonly url: string,
    readonly process: Child,
    private readonly directory: string,
    private readonly admin: AdminClient,
  ) {}

  /**
   * @param upstreamUrl the provider simulator
   * @param nodeArguments for profiling
   */
  static async start(upstreamUrl: string, nodeArguments: string[]): Promise<MeasuredPlatform> {
    const directory = await mkdtemp(join(tmpdir(), 'ao-bench-'));
    // The embedded database may run as another user, who must be able to reach its folder.
    await chmod(directory, 0o755);
    const config = join(directory, 'models.yaml');
    await writeFile(config, modelConfig(upstreamUrl));
    const log = await open(join(directory, 'platform.log'), 'w');
    const port = await freePort();
    const adminKey = `sk-ao-${randomBytes(24).toString('hex')}`;
    const url = `http://127.0.0.1:${port}`;
    const entry = new URL('./main.js', import.meta.resolve('@ao/standalone'));
    const child = new Child('the platform', entry, [], {
      environment: {
        ...plainEnvironment(),
        HOST: '127.0.0.1',
        PORT: String(port),
        AO_DATA_DIR: join(directory, 'data'),
        AO_CONFIG: config,
        AO_ADMIN_KEY: adminKey,
      },
      outputFile: log.fd,
      nodeArguments,
    });
    await log.close();
    const platform = new MeasuredPlatform(url, child, directory, new AdminClient(url, adminKey));
    try {
      await platform.untilReady();
      platform.payer = await platform.admin.createPayer(LIMIT_USD);
    } catch (error) {
      await platform.stop();
      throw error;
    }
    return platform;
  }

  /** The path and headers of a measured call. */
  get call(): { origin: string; path: string; headers: Record<string, string> } {
    return {
      origin: this.url,
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${this.payer.key}`, 'content-type': 'application/json' },
    };
  }

  /** What the ledger must come to. */
  count(answered: number): void {
    this.answeredCalls += answered;
  }

  /**
   * Waits until the ledger holds every call, so that this work does not fall into somebody else's measurement.
   * @returns how long that took, milliseconds.
   * @throws Error when it never does, or holds too much.
   */
  async untilSettled(): Promise<number> {
    const startedAtMs = performance.now();
    const expected = BigInt(this.answeredCalls) * CALL_COST;
    for (;;) {
      const spent = await this.admin.readSpent(this.payer.walletId);
      const durationMs = performance.now() - startedAtMs;
      if (spent === expected) return durationMs;
      if (spent > expected) throw new Error(`the ledger has ${spent} nano-dollars for calls that cost ${expected}`);
      if (durationMs > SETTLE_DEADLINE_MS) throw new Error(`the ledger has only ${spent} of ${expected} nano-dollars`);
      await sleep(50);
    }
  }

  /** Ledger = request log = calls answered (DESIGN §5). @throws Error when anything was lost or counted twice. */
  async checkBooks(): Promise<Books> {
    const ledger = await this.admin.readSpent(this.payer.walletId);
    const log = await this.admin.readRequestLog(this.payer.walletId);
    const books = {
      answeredCalls: this.answeredCalls,
      loggedCalls: log.calls,
      expectedNanoUsd: String(BigInt(this.answeredCalls) * CALL_COST),
      ledgerNanoUsd: String(ledger),
      logNanoUsd: String(log.cost),
    };
    const agree =
      books.loggedCalls === books.answeredCalls && ledger === log.cost && books.ledgerNanoUsd === books.expectedNanoUsd;
    if (!agree) throw new Error(`the books do not agree: ${JSON.stringify(books)}`);
    return books;
  }

  /** Whether it still runs, and where its log and data stay: what a failed run leaves to look into. */
  describe(): string {
    this.keepsData = true;
    return `the platform ${this.process.hasExited ? 'has ended by itself' : 'still ran'}; see ${join(this.directory, 'platform.log')}`;
  }

  async stop(): Promise<void> {
    await this.process.stop();
    if (this.keepsData) return;
    await rm(this.directory, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    const deadlineMs = performance.now() + READY_DEADLINE_MS;
    while (performance.now() < deadlineMs && !this.process.hasExited) {
      const ready = await fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
      const models = ready?.ok && (await this.servesModel());
      if (models) return;
      await sleep(100);
    }
    throw new Error('the platform did not get ready; run npm start to see why');
  }

  private servesModel(): Promise<boolean> {
    return this.admin.listModels().then(
      (models) => models.includes(MODEL),
      () => false,
    );
  }
}

/** What the books say after all calls. */
export interface Books {
  answeredCalls: number;
  loggedCalls: number;
  expectedNanoUsd: string;
  ledgerNanoUsd: string;
  logNanoUsd: string;
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
