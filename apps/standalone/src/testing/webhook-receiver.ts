import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  headers: IncomingHttpHeaders;
  /** As it came: what is signed. */
  rawBody: string;
  body: Record<string, unknown>;
}

/** A receiver of webhooks, as a user would run one. */
export interface WebhookReceiver {
  url: string;
  received: ReceivedWebhook[];
  stop(): Promise<void>;
}

/** @param statuses What to answer, in order; 200 after the last. */
export async function startWebhookReceiver(statuses: number[] = []): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const server = createServer((request, response) => {
    let rawBody = '';
    request.setEncoding('utf8').on('data', (text: string) => (rawBody += text));
    request.once('end', () => {
      received.push({ headers: request.headers, rawBody, body: JSON.parse(rawBody) as Record<string, unknown> });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whether the signature header is that of this body under the secret: what the documentation tells receivers to do. */
export function isSigned({ headers, rawBody }: ReceivedWebhook, secret: string): boolean {
  const [, time = '', signature = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-ao-signature'])) ?? [];
  const expected = createHmac('sha256', secret).update(`${time}.${rawBody}`).digest('hex');
  const fresh = Math.abs(Date.now() / 1_000 - Number(time)) < 300;
  return fresh && signature !== '' && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}
