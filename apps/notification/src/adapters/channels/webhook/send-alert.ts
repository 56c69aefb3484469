import type { Clock } from '@ao/kernel';
import { OutboundRefusedError } from '@ao/outbound';
import { request, type Dispatcher } from 'undici';
import type { OutgoingAlert } from '../../../application/ports.js';
import type { SendOutcome } from '../../../domain/delivery.js';
import { encodeAlert } from './encode-alert.js';
import { signBody } from './sign-body.js';

interface SendOptions {
  dispatcher: Dispatcher;
  timeoutMs: number;
  clock: Clock;
}

/** What a receiver answers is not for us: as much is read as lets a small answer keep its connection open. */
const ANSWER_BYTES_MAX = 1_024;
/** Visible ASCII: what else a caller may have sent as its request id stands in the body only. */
const HEADER_SAFE = /^[\x21-\x7e]+$/;

/** Posts one alert; a 2xx answer is success, anything else (a redirect too) is a failure that may pass. */
export async function sendWebhook(message: OutgoingAlert, options: SendOptions): Promise<SendOutcome> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const body = encodeAlert(message.alert);
    const headers = headersOf(message, body, options.clock.nowMs());
    const answer = await request(message.url, {
      dispatcher: options.dispatcher,
      method: 'POST',
      headers,
      body,
      signal,
    });
    await answer.body.dump({ limit: ANSWER_BYTES_MAX, signal }).catch(() => undefined);
    if (answer.statusCode >= 200 && answer.statusCode < 300) return { kind: 'delivered' };
    return failed(`the receiver answered ${answer.statusCode}`);
  } catch (error) {
    if (error instanceof OutboundRefusedError) return { kind: 'failed', reason: error.message, final: true };
    if (signal.aborted) return failed(`the receiver did not answer within ${options.timeoutMs} ms`);
    return failed(`the connection failed: ${codeOf(error)}`);
  }
}

function headersOf({ alert, deliveryId, secret }: OutgoingAlert, body: string, nowMs: number): Record<string, string> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'ai-orchestrator',
    'x-ao-event': alert.facts.type,
    'x-ao-delivery': deliveryId,
    'x-ao-signature': signBody(secret, body, nowMs),
  };
  if (alert.requestId === null || !HEADER_SAFE.test(alert.requestId)) return headers;
  return { ...headers, 'x-request-id': alert.requestId };
}

const failed = (reason: string): SendOutcome => ({ kind: 'failed', reason, final: false });

/** The code of a system or undici error: their messages may name addresses behind us. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown error';
}
