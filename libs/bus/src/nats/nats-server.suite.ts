import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const START_TIMEOUT_MS = 10_000;

/** A real nats-server with JetStream that a test may kill and start again on the same port and folder. */
export class TestNatsServer {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly settings: string,
  ) {}

  /** @param settings lines for the server's configuration file, such as an `authorization` block */
  static async start(settings = '', { jetstream = true } = {}): Promise<TestNatsServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'ao-nats-'));
    const store = `jetstream { store_dir: "${folder}", max_file_store: 20GB }`;
    const server = new TestNatsServer(folder, await freePort(), `${jetstream ? store : ''}\n${settings}\n`);
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async startAgain(): Promise<void> {
    const file = path.join(this.folder, 'server.conf');
    await writeFile(file, `listen: "127.0.0.1:${this.port}"\n${this.settings}`);
    const child = spawn(process.env['AO_TEST_NATS_SERVER'] ?? 'nats-server', ['-c', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    await untilReady(child);
  }

  /** The same server after its disk was lost. */
  async startEmpty(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder);
    await this.startAgain();
  }

  /** SIGKILL: the server gets no chance to tidy up. */
  async kill(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  /** Ends it and removes its folder. */
  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason: string): void =>
      reject(new Error(`nats-server ${reason}; install it or set AO_TEST_NATS_SERVER\n${output}`));
    const timer = setTimeout(() => fail('did not get ready'), START_TIMEOUT_MS);
    child.once('error', ({ message }) => fail(message));
    child.once('exit', (code) => fail(`ended with ${code}`));
    child.stderr!.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
      if (!output.includes('Server is ready')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
