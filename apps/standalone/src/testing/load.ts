import { randomUUID } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';
import { sleep } from '@ao/kernel';

/** What a caller does; each is a model of that name, which says what its provider does. */
export const loadKinds = ['plain', 'streamed', 'abandoned', 'failing', 'cut'] as const;
type LoadKind = (typeof loadKinds)[number];

/** A call as its caller saw it. */
export interface SeenCall {
  kind: LoadKind;
  /** The billed id, once an answer began. */
  callId: string | undefined;
  status: number | undefined;
  /** What the whole answer said that it cost; undefined when the caller did not see the end. */
  costUsd: string | undefined;
  durationMs: number;
}

interface LoadOptions {
  /** Where the next call goes: a platform that starts again may have moved. */
  url: () => string;
  key: string;
  callersMax: number;
  /** Of each caller, between two calls. */
  pauseMs: number;
}

const CALL_DEADLINE_MS = 30_000;

/** A steady load of whole, streamed, abandoned and failing calls, by callers that take any failure for an answer. */
export class Load {
  readonly calls: SeenCall[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private readonly stopping = new AbortController();
  private readonly callers: Promise<void>[];

  constructor(private readonly options: LoadOptions) {
    this.callers = Array.from({ length: options.callersMax }, (_, index) => this.call(index));
  }

  /** Calls that their callers saw to the end. */
  get whole(): SeenCall[] {
    return this.calls.filter(({ costUsd }) => costUsd !== undefined);
  }

  /** Begins no more calls, and waits for those under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.callers);
    this.agent.destroy();
  }

  private async call(index: number): Promise<void> {
    for (let number = index; !this.stopping.signal.aborted; number += 1) {
      const kind = loadKinds[number % loadKinds.length]!;
      const startedMs = performance.now();
      const seen: SeenCall = { kind, callId: undefined, status: undefined, costUsd: undefined, durationMs: 0 };
      await this.perform(seen).catch(() => undefined);
      seen.durationMs = performance.now() - startedMs;
      this.calls.push(seen);
      await sleep(this.options.pauseMs, this.stopping.signal);
    }
  }

  private async perform(seen: SeenCall): Promise<void> {
    const stream = seen.kind !== 'plain' && seen.kind !== 'failing';
    const leaving = new AbortController();
    const answer = await this.send(
      { model: seen.kind, stream, max_tokens: 50, messages: [{ role: 'user', content: 'Still counting?' }] },
      AbortSignal.any([leaving.signal, AbortSignal.timeout(CALL_DEADLINE_MS)]),
    );
    seen.status = answer.statusCode;
    seen.callId = answer.headers['x-ao-request-id'] as string | undefined;
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) {
      text += chunk;
      if (seen.kind === 'abandoned' && text.includes('"content"')) leaving.abort();
    }
    const isWhole = answer.complete && seen.status === 200 && (!stream || text.includes('data: [DONE]'));
    if (isWhole) seen.costUsd = (answer.trailers['x-ao-cost-usd'] ?? answer.headers['x-ao-cost-usd']) as string;
  }

  private send(body: object, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { url, key } = this.options;
      request(`${url()}/v1/chat/completions`, {
        method: 'POST',
        agent: this.agent,
        signal,
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'x-request-id': randomUUID(),
        },
      })
        .once('response', resolve)
        .once('error', reject)
        .end(JSON.stringify(body));
    });
  }
}
