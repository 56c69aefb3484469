import { createHmac } from 'node:crypto';

/**
 * The value of `X-AO-Signature`: `t=<unix seconds>,v1=<hex>`, where `v1` is HMAC-SHA-256 of `<t>.<body>` under the whole
 * secret of the channel (`whsec_…`, as text). A receiver computes the same over the raw body, compares in constant time,
 * and refuses a `t` that is more than a few minutes old.
 */
export function signBody(secret: string, body: string, nowMs: number): string {
  const unixSeconds = Math.floor(nowMs / 1_000);
  const digest = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex');
  return `t=${unixSeconds},v1=${digest}`;
}
