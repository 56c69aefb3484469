import { isBodyFault, type BodyFault } from '../behaviour/faults.js';
import type { Behaviour } from '../behaviour/behaviour.js';
import type { Reply, StreamReply, WholeReply } from '../protocols/protocol.js';
import type { Exchange } from './exchange.js';
import { SplitFrameWriter, WholeFrameWriter, type FrameWriter } from './frame-writer.js';

/** What the delivery of one answer obeys; `fault` is set only when it strikes this answer. */
export interface DeliveryPlan {
  readonly behaviour: Readonly<Behaviour>;
  readonly fault: Behaviour['fault'];
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** Sends the answer with the waits and the faults of its behaviour; the latency before the headers has passed. */
export function deliver(exchange: Exchange, reply: Reply, plan: DeliveryPlan): void {
  const fault = plan.fault !== undefined && isBodyFault(plan.fault) ? plan.fault : undefined;
  if (reply.kind === 'stream') new StreamDelivery(exchange, reply, plan, fault).start();
  else deliverWhole(exchange, reply, plan.headers, fault);
}

function deliverWhole(
  exchange: Exchange,
  reply: WholeReply,
  headers: readonly string[],
  fault: BodyFault | undefined,
): void {
  const bytes = Buffer.from(reply.body as Uint8Array);
  const half = bytes.subarray(0, bytes.length >> 1);
  const body = fault === 'malformed' ? half : bytes;
  exchange.writeHead(reply.status, [
    'content-type',
    reply.contentType,
    'content-length',
    String(body.length),
    ...headers,
    ...(reply.headers ?? []),
  ]);
  if (fault === 'cut' || fault === 'stall') {
    exchange.response.write(half);
    return fault === 'cut' ? exchange.cut() : exchange.hold();
  }
  exchange.answered();
  exchange.response.end(body);
}

class StreamDelivery {
  private readonly writer: FrameWriter;
  private readonly faultAt: number;
  private position = 0;

  /** Writes the head, so that a client can tell a provider that is thinking from one that is not answering. */
  constructor(
    private readonly exchange: Exchange,
    private readonly reply: StreamReply,
    private readonly plan: DeliveryPlan,
    private fault: BodyFault | undefined,
  ) {
    const { splitBytes, afterTokens } = plan.behaviour;
    const { response } = exchange;
    exchange.writeHead(200, ['content-type', reply.contentType, 'cache-control', 'no-cache', ...plan.headers]);
    this.writer = splitBytes > 0 ? new SplitFrameWriter(response, splitBytes) : new WholeFrameWriter(response);
    this.faultAt = Math.min(afterTokens, reply.tokenCount);
  }

  start(): void {
    this.writer.write(this.reply.open);
    this.pause(this.plan.behaviour.firstTokenMs);
  }

  private pump(): void {
    const { exchange, reply, writer } = this;
    const { tokenIntervalMs } = this.plan.behaviour;
    for (;;) {
      if (this.fault !== undefined && this.position === this.faultAt && this.strike(this.fault)) return;
      if (this.position === reply.tokenCount) return this.finish();
      const ready = writer.write(reply.token(this.position));
      this.position += 1;
      if (tokenIntervalMs > 0 && this.position < reply.tokenCount) return this.pause(tokenIntervalMs);
      if (!ready) return writer.whenReady(() => exchange.after(0, () => this.pump()));
    }
  }

  /** What was written so far must be on its way before the wait begins. */
  private pause(durationMs: number): void {
    if (durationMs > 0) this.writer.flush(() => this.exchange.after(durationMs, () => this.pump()));
    else this.pump();
  }

  /** Whether the stream goes no further. */
  private strike(fault: BodyFault): boolean {
    const { exchange, reply, writer } = this;
    this.fault = undefined;
    if (fault === 'malformed') {
      writer.write(reply.malformed);
      return false;
    }
    if (fault === 'stream_error') {
      writer.write(reply.error);
      this.end();
    } else {
      writer.flush(() => (fault === 'cut' ? exchange.cut() : exchange.hold()));
    }
    return true;
  }

  private finish(): void {
    this.writer.write(this.reply.close);
    this.end();
  }

  private end(): void {
    this.writer.end(() => this.exchange.answered());
  }
}
