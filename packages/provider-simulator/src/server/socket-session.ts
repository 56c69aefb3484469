import type { WebSocket } from 'ws';
import type { Dialogue, SocketMessage } from '../protocols/socket-protocol.js';
import type { Counters } from './counters.js';
import type { RecordedRequest } from './request-log.js';
import type { Timers } from './timers.js';

/** Of the messages of one client that its record keeps. */
const RECORDED_CHARACTERS_MAX = 65_536;
/** Messages that wait for the answers to earlier ones. */
const WAITING_MAX = 1000;
const CLOSE_INTERNAL_ERROR = 1011;
const CLOSE_POLICY = 1008;
/** What `ws` reports when the connection ended without a closing message. */
const CLOSE_ABNORMAL = 1006;
const BROKEN_JSON = '{"type":"brok';

interface SessionParts {
  readonly socket: WebSocket;
  readonly dialogue: Dialogue;
  readonly binary: boolean;
  /** The share of a fault was drawn when the connection opened. */
  readonly struck: boolean;
  readonly record: RecordedRequest | undefined;
  readonly counters: Counters;
  readonly timers: Timers;
}

/** One open socket: answers messages in their order at the set pace, and breaks as it is told to. */
export class SocketSession {
  private readonly waiting: Iterator<SocketMessage>[] = [];
  private readonly heard: unknown[] = [];
  private heardCharacters = 0;
  private sentCount = 0;
  private cancelWait: (() => void) | undefined;
  private busy = false;
  private afterToken = false;
  private state: 'open' | 'held' | 'broken' = 'open';
  private malformedSent = false;

  constructor(private readonly parts: SessionParts) {
    const { socket, record, counters } = parts;
    if (record !== undefined) Object.assign(record, { status: 101, body: this.heard });
    counters.webSocketsOpen += 1;
    socket.on('message', (data: Buffer) => this.hear(data.toString()));
    socket.on('error', () => socket.terminate());
    socket.once('close', (code) => this.closed(code));
    this.take(parts.dialogue.greeting());
  }

  private hear(message: string): void {
    this.heardCharacters += message.length;
    if (this.heardCharacters <= RECORDED_CHARACTERS_MAX) this.heard.push(parse(message));
    if (this.waiting.length >= WAITING_MAX) return this.parts.socket.close(CLOSE_POLICY, 'too many messages at once');
    this.take(this.parts.dialogue.answer(message));
  }

  private take(messages: Iterable<SocketMessage>): void {
    this.waiting.push(messages[Symbol.iterator]());
    if (!this.busy) this.pump(false);
  }

  /** @param paced whether the wait of the next token has passed. */
  private pump(paced: boolean, held?: SocketMessage): void {
    this.busy = true;
    let [next, ready] = [held, paced];
    while (this.state === 'open') {
      next ??= this.nextMessage();
      if (next === undefined) break;
      const waitMs = next.isToken === true && !ready ? this.waitBeforeToken() : 0;
      if (waitMs > 0) {
        const message = next;
        this.cancelWait = this.parts.timers.after(waitMs, () => this.pump(true, message));
        return;
      }
      if (this.strikes()) return;
      this.send(next.text);
      this.afterToken = next.isToken === true;
      [next, ready] = [undefined, false];
    }
    this.busy = false;
    // A fault may be due after the last message so far.
    this.strikes();
  }

  private waitBeforeToken(): number {
    const { firstTokenMs, tokenIntervalMs } = this.parts.dialogue.behaviour;
    return this.afterToken ? tokenIntervalMs : firstTokenMs;
  }

  private nextMessage(): SocketMessage | undefined {
    for (let current = this.waiting[0]; current !== undefined; current = this.waiting[0]) {
      const { done, value } = current.next();
      if (done !== true) return value;
      this.waiting.shift();
    }
    return undefined;
  }

  private send(text: string): void {
    this.sentCount += 1;
    this.parts.socket.send(this.parts.binary ? Buffer.from(text) : text);
  }

  /** Whether the fault of the behaviour ends the talk here: after `after_tokens` messages. */
  private strikes(): boolean {
    const { dialogue, socket, struck } = this.parts;
    const { fault, afterTokens } = dialogue.behaviour;
    if (!struck || fault === undefined || this.state !== 'open' || this.sentCount < afterTokens) return false;
    if (fault === 'malformed') {
      if (!this.malformedSent) this.send(BROKEN_JSON);
      this.malformedSent = true;
      return false;
    }
    if (fault === 'cut') this.break(() => socket.terminate());
    else if (fault === 'stall') this.state = 'held';
    else if (fault === 'stream_error') this.break(() => this.closeWithError());
    else return false;
    this.parts.counters.faulted += 1;
    return true;
  }

  private break(end: () => void): void {
    this.state = 'broken';
    end();
  }

  private closeWithError(): void {
    this.send(this.parts.dialogue.error());
    this.parts.socket.close(CLOSE_INTERNAL_ERROR, 'internal error');
  }

  private closed(code: number): void {
    const { counters, record } = this.parts;
    this.cancelWait?.();
    counters.webSocketsOpen -= 1;
    const aborted = code === CLOSE_ABNORMAL && this.state !== 'broken';
    if (aborted) counters.aborted += 1;
    if (record === undefined) return;
    record.aborted = aborted;
    record.outcome = this.state !== 'open' ? 'faulted' : aborted ? 'aborted' : 'answered';
  }
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return message;
  }
}
