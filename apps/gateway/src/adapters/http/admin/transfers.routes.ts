import {
  approveTransferV1,
  cancelTransferV1,
  getTransferV1,
  listTransfersV1,
  rejectTransferV1,
  requestTransferV1,
  transferState,
  type Transfer,
} from '@ao/contracts';
import { formatUsd } from '@ao/kernel';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { header } from '../request-context.js';
import { adminRoute } from './admin-routes.js';
import { pageFields, toSnakeCase, usdField } from './fields.js';

const text = z.string().min(1).max(500).nullable().default(null);
const transferBody = z.object({
  from_wallet_id: z.string().min(1).max(128).optional(),
  to_wallet_id: z.string().min(1).max(128).optional(),
  amount_usd: usdField,
  reason: text,
  note: text,
});
const transferQuery = z.object({
  ...pageFields,
  state: transferState.optional(),
  wallet_id: z.string().min(1).max(128).optional(),
});
const rejection = z.object({ reason: text });

const toTransferBody = ({ transfer: { amount, ...transfer } }: { transfer: Transfer }): Record<string, unknown> => ({
  ...toSnakeCase(transfer),
  amount_usd: formatUsd(amount),
});

export const transferRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/wallet/transfers',
    contract: requestTransferV1,
    status: 201,
    toRequest: ({ actor, body, request }) => {
      const { from_wallet_id, to_wallet_id, amount_usd, ...texts } = readBody(body, transferBody);
      const idempotencyKey = header(request, 'idempotency-key', 255);
      return {
        actor,
        ...(idempotencyKey && { idempotencyKey }),
        ...(from_wallet_id && { fromWalletId: from_wallet_id }),
        ...(to_wallet_id && { toWalletId: to_wallet_id }),
        amount: amount_usd,
        ...texts,
      };
    },
    toBody: toTransferBody,
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallet/transfers',
    contract: listTransfersV1,
    toRequest: ({ actor, query }) => {
      const { wallet_id: walletId, state, ...page } = readQuery(query, transferQuery);
      return { actor, ...page, ...(state && { state }), ...(walletId && { walletId }) };
    },
    toBody: ({ data, nextCursor }) => ({
      data: data.map((transfer) => toTransferBody({ transfer })),
      next_cursor: nextCursor,
    }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallet/transfers/:id',
    contract: getTransferV1,
    toRequest: ({ actor, params }) => ({ actor, transferId: params['id']! }),
    toBody: toTransferBody,
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/wallet/transfers/:id/approve',
    contract: approveTransferV1,
    toRequest: ({ actor, params }) => ({ actor, transferId: params['id']! }),
    toBody: toTransferBody,
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/wallet/transfers/:id/reject',
    contract: rejectTransferV1,
    toRequest: ({ actor, params, body }) => ({ actor, transferId: params['id']!, ...readBody(body, rejection) }),
    toBody: toTransferBody,
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/wallet/transfers/:id/cancel',
    contract: cancelTransferV1,
    toRequest: ({ actor, params }) => ({ actor, transferId: params['id']! }),
    toBody: toTransferBody,
  }),
];
