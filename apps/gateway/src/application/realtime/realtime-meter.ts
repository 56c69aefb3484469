import { toAppError, type AppError } from '@ao/kernel';
import { inputTokensOf, usageFromOpenAi, usageOf } from '@ao/pricing';
import type { SessionMoney } from './session-money.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads what a provider says in a session, and may end it. */
export interface SessionMeter {
  /** Before anything is opened. @throws AppError when nothing more can be paid. */
  start(): Promise<void>;
  /** A frame of the provider's. Never throws. */
  read(frame: Buffer, isBinary: boolean): void;
  /** Once: what the provider still reports after the caller left has come, or will not. */
  close(): void;
  /** Responses are under way whose usage is still to come. */
  readonly isOwed: boolean;
}

/** Base64 of 16-bit sound at 24 kHz: a token is 50 ms of it. */
const CHARACTERS_PER_AUDIO_TOKEN = 3_200;
const CHARACTERS_PER_TOKEN = 4;

/** Meters OpenAI's realtime protocol: each `response.done` tells what that response used. */
export class RealtimeMeter implements SessionMeter {
  /** Of the last response: a conversation only grows. */
  private inputTokens = 0;
  private closed = false;
  /** What was said while money was asked for; null while none is. */
  private backlog: Json[] | null = null;

  /** @param onDry Hears why no further response can be paid. */
  constructor(
    private readonly money: SessionMoney,
    private readonly onDry: (error: AppError) => void,
  ) {}

  get isOwed(): boolean {
    return this.money.active > 0 || this.backlog !== null;
  }

  start(): Promise<void> {
    return this.money.reserveAhead();
  }

  read(frame: Buffer, isBinary: boolean): void {
    if (isBinary || this.closed || !frame.includes('"response.')) return;
    const event = parse(frame);
    if (!event) return;
    if (this.backlog) this.backlog.push(event);
    else this.take(event);
  }

  close(): void {
    this.closed = true;
    this.money.close();
  }

  private take(event: Json): void {
    const response = fieldsOf(event['response']);
    const { type, delta } = event;
    const id = textOf(event['response_id'] ?? response['id']);
    if (type === 'response.created') this.begin(id, event);
    else if (type === 'response.done') this.end(id, response);
    else if (typeof delta === 'string') this.count(id, textOf(type), delta.length);
  }

  private begin(id: string, event: Json): void {
    if (!this.money.begin(id)) return this.waitForMoney(event);
    this.money.note(id, { inputTokens: this.inputTokens });
    // Too little for two at once is no reason to stop the one that is paid: it is asked again when that has ended.
    this.money.reserveAhead().catch(() => undefined);
  }

  /** One response follows the other at once: the money for it is still on its way. What is said of it meanwhile is kept. */
  private waitForMoney(event: Json): void {
    this.backlog = [event];
    this.money.reserveAhead().then(
      () => {
        const said = this.backlog ?? [];
        this.backlog = null;
        if (this.closed) return;
        for (const kept of said) {
          // Another wait may have begun.
          if (this.backlog) (this.backlog as Json[]).push(kept);
          else this.take(kept);
        }
      },
      (error: unknown) => {
        this.backlog = null;
        this.onDry(toAppError(error));
      },
    );
  }

  private end(id: string, response: Json): void {
    const usage = usageFromOpenAi(response['usage']);
    if (usage) this.inputTokens = Math.max(this.inputTokens, inputTokensOf(usage));
    const { status } = response;
    this.money.end(id, usage, typeof status === 'string' ? status : null);
    this.money.reserveAhead().catch((error: unknown) => this.onDry(toAppError(error)));
  }

  private count(id: string, type: string, characters: number): void {
    const isSound = type.endsWith('audio.delta');
    const tokens = Math.ceil(characters / (isSound ? CHARACTERS_PER_AUDIO_TOKEN : CHARACTERS_PER_TOKEN));
    this.money.note(id, isSound ? { audioOutputTokens: tokens } : { outputTokens: tokens });
  }
}

const FLAT = 'session';

/** Meters what is not read, as Google's Live: a session costs a flat price. */
export class FlatMeter implements SessionMeter {
  readonly isOwed = false;

  constructor(private readonly money: SessionMoney) {}

  async start(): Promise<void> {
    await this.money.reserveAhead();
  }

  read(): void {
    // Charged once the provider has said anything at all.
    if (this.money.active > 0) return;
    if (this.money.begin(FLAT)) this.money.note(FLAT, { calls: 1 });
  }

  close(): void {
    this.money.end(FLAT, usageOf({ calls: 1 }), null);
    this.money.close();
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const fieldsOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

function parse(frame: Buffer): Json | null {
  try {
    return fieldsOf(JSON.parse(frame.toString()));
  } catch {
    return null;
  }
}
