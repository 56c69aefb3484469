import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, nanoUsd, timestamp } from '../../fields.js';
import { CHARGE_ROWS_MAX, chargeSummary } from '../metering/charges.v1.js';

/** What one team, wallet, provider and model are to be charged for. */
export const chargebackRow = chargeSummary.extend({
  /** Null: no wallet, or one that is not there any more. */
  walletName: z.string().nullable(),
  /** The wallet's own, else that of the nearest wallet above that has one. */
  costCenter: z.string().nullable(),
});
export type ChargebackRow = z.output<typeof chargebackRow>;

/** Who is to pay what for the calls that started from `from` until before `to`; the figures are the request log's. */
export const exportChargebackV1 = defineRpc({
  subject: 'rpc.wallet.export-chargeback.v1',
  owner: 'wallet',
  deadlineMs: 12_000,
  request: z.object({
    actor,
    from: timestamp,
    to: timestamp,
    teamId: id.optional(),
    costCenter: z.string().min(1).max(128).optional(),
  }),
  response: z.object({ rows: z.array(chargebackRow).max(CHARGE_ROWS_MAX), total: nanoUsd }),
  example: {
    request: {
      actor: { orgId: 'org_1', keyId: 'key_1', role: 'admin' },
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
    },
    response: {
      rows: [
        {
          teamId: 'team_1',
          walletId: 'wal_1',
          walletName: 'Research',
          costCenter: 'cc-7',
          provider: 'openai',
          model: 'gpt-4o',
          calls: 3,
          cost: '3750000',
        },
      ],
      total: '3750000',
    },
  },
});
