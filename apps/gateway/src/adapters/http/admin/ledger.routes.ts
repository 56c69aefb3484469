import {
  createAdjustmentV1,
  createTopUpV1,
  exportChargebackV1,
  listEntriesV1,
  listTopUpsV1,
  walletEntryKind,
  type ChargebackRow,
  type TopUp,
  type WalletEntry,
} from '@ao/contracts';
import { AppError, formatUsd } from '@ao/kernel';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { header } from '../request-context.js';
import { adminRoute, RawBody } from './admin-routes.js';
import { toCsv, type CsvCell } from './csv.js';
import { formatOptionalUsd, pageFields, signedUsdField, toSnakeCase, usdField } from './fields.js';

const topUpBody = z
  .object({
    amount_usd: usdField,
    expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
    reference: z.string().min(1).max(255).nullable().default(null),
    note: z.string().min(1).max(500).nullable().default(null),
  })
  .strict();
const adjustmentBody = z
  .object({
    amount_usd: signedUsdField,
    reason: z.string().min(1).max(500),
    request_id: z.string().min(1).max(128).nullable().default(null),
  })
  .strict();
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
const entriesQuery = z.object({
  ...pageFields,
  kind: walletEntryKind.optional(),
  from: time.optional(),
  to: time.optional(),
});
const chargebackQuery = z.object({
  format: z.enum(['csv', 'json']).default('json'),
  team: z.string().min(1).max(128).optional(),
  cost_center: z.string().min(1).max(128).optional(),
  from: time,
  to: time,
});

/** Money moves once per key, so there must be one. @param natural What stands for it where the caller names none. */
function requireIdempotencyKey(request: FastifyRequest, natural: string | null): string {
  const key = header(request, 'idempotency-key', 255);
  if (key) return `api:${key}`;
  if (natural !== null) return `reference:${natural}`;
  throw new AppError(
    'missing_required_parameter',
    'Send the header Idempotency-Key, so that a repetition moves no money twice.',
    {
      param: 'idempotency-key',
    },
  );
}

const toTopUpBody = ({ amount, ...topUp }: TopUp): Record<string, unknown> => ({
  ...toSnakeCase(topUp),
  amount_usd: formatUsd(amount),
});

const toEntryBody = ({ amount, spent, credited, periodKey, ...entry }: WalletEntry): Record<string, unknown> => ({
  ...toSnakeCase(entry),
  period: periodKey,
  amount_usd: formatUsd(amount),
  spent_usd: formatUsd(spent),
  credited_usd: formatUsd(credited),
});

const CHARGEBACK_COLUMNS = [
  'cost_center',
  'team_id',
  'wallet_id',
  'wallet_name',
  'provider',
  'model',
  'calls',
  'cost_usd',
];

const toChargebackCells = (row: ChargebackRow): CsvCell[] => [
  row.costCenter,
  row.teamId,
  row.walletId,
  row.walletName,
  row.provider,
  row.model,
  { number: String(row.calls) },
  { number: formatUsd(row.cost) },
];

export const ledgerRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/wallets/:id/top-ups',
    contract: createTopUpV1,
    status: 201,
    toRequest: ({ actor, params, body, request }) => {
      const { amount_usd: amount, expires_at: expiresAt, reference, note } = readBody(body, topUpBody);
      return {
        actor,
        walletId: params['id']!,
        idempotencyKey: requireIdempotencyKey(request, reference),
        amount,
        expiresAt: expiresAt && new Date(expiresAt).toISOString(),
        reference,
        note,
      };
    },
    toBody: ({ topUp }) => toTopUpBody(topUp),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallets/:id/top-ups',
    contract: listTopUpsV1,
    toRequest: ({ actor, params, query }) => ({
      actor,
      walletId: params['id']!,
      ...readQuery(query, z.object(pageFields)),
    }),
    toBody: ({ data, nextCursor }) => ({
      data: data.map(({ expired, unspent, ...topUp }) => ({
        ...toTopUpBody(topUp),
        expired_usd: formatUsd(expired),
        unspent_usd: formatOptionalUsd(unspent),
      })),
      next_cursor: nextCursor,
    }),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/wallets/:id/adjustments',
    contract: createAdjustmentV1,
    status: 201,
    toRequest: ({ actor, params, body, request }) => {
      const { amount_usd: amount, reason, request_id: requestId } = readBody(body, adjustmentBody);
      const idempotencyKey = requireIdempotencyKey(request, null);
      return { actor, walletId: params['id']!, idempotencyKey, amount, reason, requestId };
    },
    toBody: ({ adjustment: { amount, ...adjustment } }) => ({
      ...toSnakeCase(adjustment),
      amount_usd: formatUsd(amount),
    }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallets/:id/entries',
    contract: listEntriesV1,
    toRequest: ({ actor, params, query }) => ({ actor, walletId: params['id']!, ...readQuery(query, entriesQuery) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toEntryBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallets/export/chargeback',
    contract: exportChargebackV1,
    toRequest: ({ actor, query }) => {
      const { from, to, team, cost_center: costCenter } = readQuery(query, chargebackQuery);
      return { actor, from, to, ...(team && { teamId: team }), ...(costCenter && { costCenter }) };
    },
    toBody: ({ rows, total }, { query }) => {
      const { format, from, to } = readQuery(query, chargebackQuery);
      if (format === 'csv') {
        const name = `chargeback-${from.slice(0, 10)}-${to.slice(0, 10)}.csv`;
        return new RawBody(toCsv(CHARGEBACK_COLUMNS, rows.map(toChargebackCells)), {
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': `attachment; filename="${name}"`,
        });
      }
      const data = rows.map(({ cost, ...row }) => ({ ...toSnakeCase(row), cost_usd: formatUsd(cost) }));
      return { data, from, to, total_usd: formatUsd(total) };
    },
  }),
];
