import {
  budgetScope,
  createWalletV1,
  getBalanceV1,
  getWalletV1,
  listWalletsV1,
  updateWalletV1,
  walletKind,
  type Wallet,
  type WalletBalance,
} from '@ao/contracts';
import { AppError, formatUsd } from '@ao/kernel';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { formatOptionalUsd, pageFields, toSnakeCase, usdField } from './fields.js';

const settings = {
  name: z.string().min(1).max(200),
  limit_usd: usdField.nullable(),
  overdraft_percent: z.int().min(0).max(1_000),
  thresholds_percent: z.array(z.int().min(1).max(1_000)).max(20),
  cost_center: z.string().min(1).max(128).nullable(),
  auto_top_up: z
    .object({ below_usd: usdField, amount_usd: usdField })
    .strict()
    .transform(({ below_usd: below, amount_usd: amount }) => ({ below, amount }))
    .nullable(),
};
const walletBody = z.object({
  name: settings.name,
  kind: walletKind.default('budget'),
  limit_usd: settings.limit_usd.default(null),
  period: z.enum(['none', 'day', 'week', 'month']).default('none'),
  parent_id: z.string().max(128).nullable().default(null),
  owner_type: z.enum(['organisation', 'team', 'user', 'key']).default('organisation'),
  owner_id: z.string().max(128).optional(),
  time_zone: z.string().min(1).max(64).default('UTC'),
  overdraft_percent: settings.overdraft_percent.default(0),
  thresholds_percent: settings.thresholds_percent.default([80, 90, 95, 100]),
  cost_center: settings.cost_center.default(null),
  auto_top_up: settings.auto_top_up.default(null),
  scope: budgetScope.nullable().default(null),
});
const walletPatch = z
  .object({ ...settings, active: z.boolean() })
  .partial()
  .strict();

const toWalletBody = ({ limit, autoTopUp, ...wallet }: Wallet): Record<string, unknown> => ({
  ...toSnakeCase(wallet),
  limit_usd: formatOptionalUsd(limit),
  auto_top_up: autoTopUp && { below_usd: formatUsd(autoTopUp.below), amount_usd: formatUsd(autoTopUp.amount) },
});
const toBalanceBody = ({
  limit,
  spent,
  held,
  available,
  overdraftUsed,
  credited,
  ...balance
}: WalletBalance): Record<string, unknown> => ({
  ...toSnakeCase(balance),
  limit_usd: formatOptionalUsd(limit),
  credited_usd: formatUsd(credited),
  spent_usd: formatUsd(spent),
  held_usd: formatUsd(held),
  available_usd: formatOptionalUsd(available),
  overdraft_used_usd: formatUsd(overdraftUsed),
});

export const walletRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/wallets',
    contract: createWalletV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const wallet = readBody(body, walletBody);
      return {
        actor,
        name: wallet.name,
        kind: wallet.kind,
        autoTopUp: wallet.auto_top_up,
        limit: wallet.limit_usd,
        period: wallet.period,
        parentId: wallet.parent_id,
        ownerType: wallet.owner_type,
        ...(wallet.owner_id !== undefined && { ownerId: wallet.owner_id }),
        timeZone: wallet.time_zone,
        overdraftPercent: wallet.overdraft_percent,
        thresholdsPercent: wallet.thresholds_percent,
        costCenter: wallet.cost_center,
        scope: wallet.scope,
      };
    },
    toBody: ({ wallet }) => toWalletBody(wallet),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallets',
    contract: listWalletsV1,
    toRequest: ({ actor, query }) => {
      const {
        cost_center: costCenter,
        template_id: templateId,
        ...page
      } = readQuery(
        query,
        z.object({
          ...pageFields,
          cost_center: z.string().max(128).optional(),
          template_id: z.string().max(128).optional(),
        }),
      );
      return {
        actor,
        ...page,
        ...(costCenter !== undefined && { costCenter }),
        ...(templateId !== undefined && { templateId }),
      };
    },
    toBody: ({ data, nextCursor }) => ({ data: data.map(toWalletBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallets/:id',
    contract: getWalletV1,
    toRequest: ({ actor, params }) => ({ actor, walletId: params['id']! }),
    toBody: ({ wallet }) => toWalletBody(wallet),
  }),
  adminRoute({
    method: 'PATCH',
    path: '/v1/wallets/:id',
    contract: updateWalletV1,
    toRequest: ({ actor, params, body }) => {
      const patch = readBody(body, walletPatch);
      return {
        actor,
        walletId: params['id']!,
        ...(patch.name !== undefined && { name: patch.name }),
        ...(patch.limit_usd !== undefined && { limit: patch.limit_usd }),
        ...(patch.overdraft_percent !== undefined && { overdraftPercent: patch.overdraft_percent }),
        ...(patch.thresholds_percent !== undefined && { thresholdsPercent: patch.thresholds_percent }),
        ...(patch.cost_center !== undefined && { costCenter: patch.cost_center }),
        ...(patch.auto_top_up !== undefined && { autoTopUp: patch.auto_top_up }),
        ...(patch.active !== undefined && { active: patch.active }),
      };
    },
    toBody: ({ wallet }) => toWalletBody(wallet),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/wallets/:id',
    contract: updateWalletV1,
    toRequest: ({ actor, params }) => ({ actor, walletId: params['id']!, active: false }),
    toBody: ({ wallet }) => toWalletBody(wallet),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallets/:id/balance',
    contract: getBalanceV1,
    toRequest: ({ actor, params }) => ({ actor, walletId: params['id']! }),
    toBody: ({ balance }) => toBalanceBody(balance),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/wallet/balance',
    contract: getBalanceV1,
    toRequest: ({ actor, principal }) => {
      if (principal.walletId === null)
        throw new AppError('not_found', 'This key has no wallet: nothing is charged for its calls.');
      return { actor, walletId: principal.walletId };
    },
    toBody: ({ balance }) => toBalanceBody(balance),
  }),
];
