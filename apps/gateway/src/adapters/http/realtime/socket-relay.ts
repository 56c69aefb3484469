import { WebSocket, type RawData } from 'ws';

/** Above this much unsent, the other side is not read; below the other, it is again. */
const BUFFERED_BYTES_HIGH = 1_048_576;
const BUFFERED_BYTES_LOW = 262_144;
/** A side that does not answer a close is cut off. */
const CLOSE_GRACE_MS = 2_000;
const NORMAL = 1_000;
const GOING_AWAY = 1_001;
const POLICY = 1_008;
const FAILED = 1_011;

export interface RelayOptions {
  /** Without a frame of either side. */
  idleMs: number;
  totalMs: number;
  pingEveryMs: number;
  /** How long the provider is still heard after the caller left. */
  lingerMs: number;
  /** Hears every frame of the provider before the caller has it. */
  onProviderFrame: (frame: Buffer, isBinary: boolean) => void;
  /** What is owed is still to come. */
  isOwed: () => boolean;
  /** What makes the provider end early what it owes; null: nothing does. */
  cancel: string | null;
  /** Once, when both sides are closed. */
  onClosed: () => void;
}

/** Two sockets as one: frames, pauses, pings and the end of each are passed to the other (GW-009). */
export class SocketRelay {
  private readonly timers: NodeJS.Timeout[] = [];
  private lastFrameMs = performance.now();
  private unanswered = new Set<WebSocket>();
  private open = 2;
  private closing = false;

  constructor(
    private readonly caller: WebSocket,
    private readonly provider: WebSocket,
    private readonly options: RelayOptions,
  ) {
    this.follow(caller, provider, () => undefined);
    this.follow(provider, caller, options.onProviderFrame);
    this.timers.push(
      setTimeout(() => this.end(POLICY, 'The session has reached its longest time.'), options.totalMs),
      setInterval(() => this.check(), options.pingEveryMs),
      setInterval(() => this.checkIdle(), Math.min(options.idleMs, 1_000)),
    );
    provider.resume();
  }

  /** Ends both sides. @param event Goes to the caller before. */
  end(code = GOING_AWAY, reason = 'The server is stopping.', event: string | null = null): void {
    if (event !== null && this.caller.readyState === WebSocket.OPEN) this.caller.send(event);
    this.close(this.caller, code, reason);
    this.leave(NORMAL, '');
  }

  private follow(from: WebSocket, to: WebSocket, note: RelayOptions['onProviderFrame']): void {
    from.on('message', (data: RawData, isBinary: boolean) => {
      const frame = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
      this.lastFrameMs = performance.now();
      note(frame, isBinary);
      if (to.readyState !== WebSocket.OPEN) return;
      to.send(frame, { binary: isBinary }, () => {
        if (from.isPaused && to.bufferedAmount < BUFFERED_BYTES_LOW) from.resume();
      });
      if (to.bufferedAmount > BUFFERED_BYTES_HIGH) from.pause();
    });
    from.on('pong', () => void this.unanswered.delete(from));
    // The close that follows says all there is to say.
    from.on('error', () => undefined);
    from.once('close', (code: number, reason: Buffer) => {
      if (from === this.caller) this.leave(code, reason.toString());
      else this.close(to, code, reason.toString());
      this.open -= 1;
      if (this.open === 0) this.finish();
    });
  }

  /** The caller is gone; what the provider still owes is heard first. */
  private leave(code: number, reason: string): void {
    if (this.closing) return;
    this.closing = true;
    const { cancel, isOwed, lingerMs } = this.options;
    if (!isOwed() || cancel === null || this.provider.readyState !== WebSocket.OPEN) {
      return this.close(this.provider, code, reason);
    }
    this.provider.resume();
    this.provider.send(cancel);
    const untilMs = performance.now() + lingerMs;
    const look = setInterval(() => {
      if (isOwed() && performance.now() < untilMs) return;
      clearInterval(look);
      this.close(this.provider, code, reason);
    }, 20);
    this.timers.push(look);
  }

  private close(side: WebSocket, code: number, reason: string): void {
    // A paused socket would never read the answer to its close.
    side.resume();
    if (side.readyState === WebSocket.OPEN) side.close(sendable(code), reason.slice(0, 120));
    const cut = setTimeout(() => side.terminate(), CLOSE_GRACE_MS);
    this.timers.push(cut);
  }

  private check(): void {
    for (const side of [this.caller, this.provider]) {
      if (side.readyState !== WebSocket.OPEN) continue;
      // It did not answer the last one: nobody is there.
      if (this.unanswered.has(side)) side.terminate();
      this.unanswered.add(side);
      side.ping();
    }
  }

  private checkIdle(): void {
    if (performance.now() - this.lastFrameMs > this.options.idleMs) this.end(POLICY, 'Nothing was said for too long.');
  }

  private finish(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.options.onClosed();
  }
}

/** Some codes only tell what happened, and may not be sent. */
function sendable(code: number): number {
  if (code === 1_005) return NORMAL;
  if (code === 1_006 || code === 1_015 || code < 1_000) return FAILED;
  return code;
}
