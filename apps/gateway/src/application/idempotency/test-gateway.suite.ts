import { SecretBox } from '@ao/config';
import { principal, principalExample, usageReportExample, usageReportedV1, type UsageReport } from '@ao/contracts';
import { AppError, silentLogger, sleep, systemClock } from '@ao/kernel';
import { openMemoryKeyValue, type KeyValue } from '@ao/keyvalue';
import type { InboundCall, Responder } from '../calls/call.js';
import { AnswerStore } from './answer-store.js';
import { fingerprintUnder } from './fingerprint.js';
import { IdempotentCalls, type IdempotentOutcome } from './idempotent-calls.js';

/** Long enough that a busy machine renews it in time. */
export const LEASE_MS = 2_000;
export const RETENTION_MS = 1_000;
export const ANSWER_BYTES_MAX = 10_000;
const report = usageReportedV1.payload.parse(usageReportExample) as UsageReport;
const frames = ['data: {"text":"grüße"}\n\n', 'data: [DONE]\n\n'].map((text) => Buffer.from(text));

/** What a caller received. */
class Received implements Responder {
  status = 0;
  headers: Record<string, string> = {};
  trailers: Record<string, string> = {};
  body = Buffer.alloc(0);
  ended = false;

  head(status: number, headers: Record<string, string>): void {
    Object.assign(this, { status, headers });
  }
  write(chunk: Buffer): void {
    this.body = Buffer.concat([this.body, chunk]);
  }
  end(chunk = Buffer.alloc(0), trailers: Record<string, string> = {}): void {
    this.write(chunk);
    Object.assign(this, { trailers, ended: true });
  }
}

type Settled = Partial<Pick<UsageReport, 'status' | 'usageSource'>>;

/** A gateway whose calls answer as `perform` does. */
export class Gateway {
  runs = 0;
  readonly received: Received[] = [];
  readonly outcomes: IdempotentOutcome[] = [];
  readonly calls: IdempotentCalls;
  private readonly name: string;
  private sequence = 0;

  constructor(
    perform: (out: Responder, call: InboundCall) => Promise<Settled | undefined>,
    readonly store: KeyValue = openMemoryKeyValue(),
    { organisationBytesMax = 100_000, leaseMs = LEASE_MS, retentionMs = 60_000, id = 'a' } = {},
  ) {
    const box = new SecretBox(Buffer.alloc(32, 1));
    this.calls = new IdempotentCalls({
      perform: async (call, out) => {
        this.runs += 1;
        const settled = (outcome: Settled): void =>
          this.calls.noteSettled({ ...report, ...outcome, requestId: call.callId });
        try {
          const outcome = await perform(out, call);
          if (outcome) settled(outcome);
        } catch (error) {
          const charged = (error as { charged?: Settled }).charged;
          if (charged) settled(charged);
          throw error;
        }
      },
      store: new AnswerStore(store, {
        seal: (text, context) => box.seal(text, context),
        open: (sealed, context) => box.open(sealed, context),
        fingerprint: fingerprintUnder(Buffer.alloc(32, 7)),
        retentionMs,
        leaseMs,
        organisationBytesMax,
      }),
      clock: systemClock,
      logger: silentLogger,
      answerBytesMax: ANSWER_BYTES_MAX,
      renewEveryMs: 50,
      onOutcome: (outcome) => void this.outcomes.push(outcome),
    });
    this.name = id;
  }

  async send(
    key = 'k',
    change: { body?: string; keyId?: string } & Partial<Omit<InboundCall, 'body'>> = {},
  ): Promise<Received> {
    const { body = '{"model":"m"}', keyId = 'key_1', ...more } = change;
    const received = new Received();
    this.received.push(received);
    const call: InboundCall = {
      callId: `req_${this.name}${(this.sequence += 1)}`,
      correlationId: 'mine',
      protocolHeaders: {},
      inPath: null,
      endpoint: '/v1/chat/completions',
      principal: { ...principal.parse(principalExample), keyId },
      body: Buffer.from(body),
      ownKey: undefined,
      tags: [],
      endUserId: null,
      sessionId: null,
      featureId: null,
      startedAtMs: 0,
      startedMonotonicMs: 0,
      signal: new AbortController().signal,
      ...more,
    };
    await this.calls.execute(call, key, received);
    return received;
  }
}

export const charged: Settled = { status: 200, usageSource: 'provider' };
export const answering =
  (text = '{"ok":true}') =>
  async (out: Responder): Promise<Settled> => {
    await sleep(30);
    out.head(200, { 'content-type': 'application/json', 'x-ao-cost-usd': '0.5', 'x-ratelimit-remaining': '7' });
    out.end(Buffer.from(text));
    return charged;
  };
export const streaming = async (out: Responder): Promise<Settled> => {
  out.head(200, { 'content-type': 'text/event-stream', trailer: 'x-ao-cost-usd' });
  await out.write(frames[0]!);
  out.end(frames[1], { 'x-ao-cost-usd': '0.25' });
  return charged;
};
export const untilCut = async (out: Responder, call: InboundCall): Promise<Settled> => {
  out.head(200, {});
  await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
  out.end(Buffer.from('cut'));
  return { status: 499, usageSource: 'estimated' };
};
export const failing = (settled?: Settled) => async (): Promise<never> => {
  throw Object.assign(new AppError('upstream_error', 'The provider failed.'), { charged: settled });
};
