import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedCall {
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  receivedAtMs: number;
}

/** Answers the n-th call (from 1) of a path. */
type Answer = (response: ServerResponse, call: number) => void;

/** A customer's server: it keeps what it is sent and answers 204, or as told for a path. */
export class WebhookReceiver {
  readonly calls: ReceivedCall[] = [];
  private readonly answers = new Map<string, Answer>();
  private readonly server = createServer((request, response) => void this.receive(request, response));

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  answer(path: string, answer: Answer): void {
    this.answers.set(path, answer);
  }

  to(path: string): ReceivedCall[] {
    return this.calls.filter((call) => call.path === path);
  }

  /** The one call to a path. @throws when there is none, or more than one. */
  only(path: string): ReceivedCall {
    const [call, ...more] = this.to(path);
    if (!call || more.length > 0) throw new Error(`${path} was called ${this.to(path).length} times, not once`);
    return call;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const body = await text(request);
    this.calls.push({ path, headers: request.headers, body, receivedAtMs: Date.now() });
    const answer = this.answers.get(path);
    if (answer) answer(response, this.to(path).length);
    else response.writeHead(204).end();
  }
}

/** What our documentation tells customers to do, in their words: knows nothing of our code. */
export function isAuthentic(call: ReceivedCall, secret: string): boolean {
  const signature = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(call.headers['x-ao-signature']));
  if (!signature) return false;
  const [, t = '', v1 = ''] = signature;
  if (Math.abs(call.receivedAtMs / 1_000 - Number(t)) > 300) return false;
  const expected = createHmac('sha256', secret).update(`${t}.${call.body}`).digest();
  return timingSafeEqual(expected, Buffer.from(v1, 'hex'));
}
