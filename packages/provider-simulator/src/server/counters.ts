import type { Socket } from 'node:net';

export interface SimulatorCounts {
  /** Requests to a provider's path, well-formed or not. */
  requests: number;
  /** Requests whose client left before the end of the answer. */
  aborted: number;
  /** Answers broken off or held back on purpose. */
  faulted: number;
  /** Connections open now. */
  socketsOpen: number;
  /** WebSockets open now. */
  webSocketsOpen: number;
  /** Connections that carried at least one request to a provider's path. */
  socketsUsed: number;
}

/** What happened since the start or the last `reset`. */
export class Counters {
  requests = 0;
  aborted = 0;
  faulted = 0;
  webSocketsOpen = 0;
  private socketsUsed = 0;
  private seen = new WeakSet<Socket>();
  private readonly open = new Set<Socket>();

  track(socket: Socket): void {
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
  }

  countRequest(socket: Socket): void {
    this.requests += 1;
    if (this.seen.has(socket)) return;
    this.seen.add(socket);
    this.socketsUsed += 1;
  }

  snapshot(): SimulatorCounts {
    const { requests, aborted, faulted, socketsUsed, webSocketsOpen } = this;
    return { requests, aborted, faulted, socketsOpen: this.open.size, webSocketsOpen, socketsUsed };
  }

  /** Forgets the past; open connections stay open and count as used again at their next request. */
  reset(): void {
    this.requests = this.aborted = this.faulted = this.socketsUsed = 0;
    this.seen = new WeakSet();
  }

  closeAll(): void {
    for (const socket of this.open) socket.destroy();
    // Their close events come a turn later than that of the server.
    this.open.clear();
  }
}
