import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, startNats, temporaryFolder, type RealServer, type TemporaryFolder } from '@ao/testing';

/** A real NATS server that a test may kill and start again on the same port and folder. */
export class TestNatsServer {
  private constructor(
    private server: RealServer,
    private folder: TemporaryFolder,
  ) {}

  static async start(): Promise<TestNatsServer> {
    const folder = await temporaryFolder('nats');
    return new TestNatsServer(await startNats({ jetstreamDirectory: folder.path }), folder);
  }

  get url(): string {
    return this.server.url;
  }

  /** SIGKILL: the server gets no chance to tidy up. */
  kill(): Promise<void> {
    return this.server.kill();
  }

  async startAgain(): Promise<void> {
    this.server = await startNats({ port: this.server.port, jetstreamDirectory: this.folder.path });
  }

  /** The same server after its disk was lost. */
  async startEmpty(): Promise<void> {
    await this.dispose();
    this.folder = await temporaryFolder('nats');
    await this.startAgain();
  }

  async dispose(): Promise<void> {
    await this.kill();
    await this.folder.remove();
  }
}

/**
 * Answers every login as a NATS server that refuses it would; `logins` holds those that were tried.
 * The protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export async function startRefusingServer(): Promise<{ address: string; logins: unknown[]; stop(): Promise<void> }> {
  const logins: unknown[] = [];
  const port = await freePort();
  const information = { server_id: 'x', version: '2.10.0', proto: 1, max_payload: 1_048_576, auth_required: true };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`INFO ${JSON.stringify(information)}\r\n`);
    socket.once('data', (chunk) => {
      const [line = ''] = chunk.toString().split('\r\n');
      const { user, pass, auth_token } = JSON.parse(line.replace(/^CONNECT /, ''));
      logins.push({ user, pass, auth_token });
      socket.end("-ERR 'Authorization Violation'\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return { address: `127.0.0.1:${port}`, logins, stop };
}

/** The network between one process and its server, which a test may cut and mend. */
export class TestNetwork {
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;

  private constructor(
    private readonly portBehind: number,
    private readonly port: number,
  ) {}

  static async before(server: TestNatsServer): Promise<TestNetwork> {
    const network = new TestNetwork(Number(new URL(server.url).port), await freePort());
    await network.mend();
    return network;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  mend(): Promise<void> {
    const server = createServer((socket) => {
      const behind = connect(this.portBehind, '127.0.0.1');
      for (const end of [socket, behind]) this.sockets.add(end.on('error', () => undefined));
      socket.pipe(behind).pipe(socket);
    });
    this.server = server;
    return new Promise((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    await closed;
  }
}
