import { randomUUID } from 'node:crypto';
import { parseUsd, type NanoUsd } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import type { ApiClient } from './api-client.js';

/** A key with a wallet of its own. */
export interface Tenant {
  api: ApiClient;
  keyId: string;
  walletId: string;
}

/** @throws Error with the whole answer, when the status is not the one wanted. */
export function expectStatus<T extends { status: number; text: string }>(answer: T, status: number): T {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer;
}

/** A wallet of the administrator's organisation with a key that pays from it. */
export async function createTenant(admin: ApiClient, limitUsd: string, key: object = {}): Promise<Tenant> {
  const name = `tenant-${randomUUID().slice(0, 8)}`;
  const wallet = expectStatus(await admin.post('/v1/wallets', { name, limit_usd: limitUsd }), 201).body;
  const made = expectStatus(await admin.post('/v1/keys', { name, wallet_id: wallet.id, ...key }), 201).body;
  return { api: admin.as(made.key), keyId: made.id, walletId: wallet.id };
}

/** An organisation of its own, by sign-up. */
export async function signUp(platform: ApiClient): Promise<Tenant & { orgId: string }> {
  const name = `organisation-${randomUUID().slice(0, 8)}`;
  const answer = await platform.as(null).post('/v1/sign-up', { organisation: name, email: `${name}@example.com` });
  const { key, organisation } = expectStatus(answer, 201).body;
  return { api: platform.as(key.key), keyId: key.id, walletId: organisation.wallet_id, orgId: organisation.id };
}

/** The spent part of the caller's own wallet. */
export async function spentBy(api: ApiClient): Promise<NanoUsd> {
  return parseUsd(expectStatus(await api.get('/v1/wallet/balance'), 200).body.spent_usd);
}

/** The request log as this key sees it, once it has so many rows: they follow the calls by a moment. */
export function requestRows(api: ApiClient, count: number, timeoutMs = 10_000): Promise<Record<string, any>[]> {
  return waitFor(
    async () => {
      const { data } = expectStatus(await api.get('/v1/requests?limit=500'), 200).body;
      return data.length >= count && data;
    },
    { timeoutMs, intervalMs: 50, description: `${count} rows in the request log` },
  );
}

/** The latest row of the log, of one call by its `X-Request-ID`. */
export function requestRow(api: ApiClient, requestId: string): Promise<Record<string, any>> {
  return waitFor(async () => expectStatus(await api.get(`/v1/requests?request_id=${requestId}`), 200).body.data[0], {
    timeoutMs: 10_000,
    intervalMs: 50,
    description: `request ${requestId} in the log`,
  });
}

export const sumUsd = (amounts: string[]): bigint => amounts.reduce((sum, amount) => sum + parseUsd(amount), 0n);
