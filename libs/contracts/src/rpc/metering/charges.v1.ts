import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, nanoUsd, timestamp } from '../../fields.js';

/** What one group of calls cost, as the request log has it. */
export const chargeSummary = z.object({
  teamId: id.nullable(),
  /** The wallet of the key, the first that was charged; null for calls that no wallet pays. */
  walletId: id.nullable(),
  provider: z.string().max(128),
  model: modelName,
  calls: z.int().min(0),
  cost: nanoUsd,
});
export type ChargeSummary = z.output<typeof chargeSummary>;

/** More would not fit into one message. */
export const CHARGE_ROWS_MAX = 2_000;

/** Sums up the calls that started from `from` until before `to`, by team, wallet, provider and model; for admins. */
export const summariseChargesV1 = defineRpc({
  subject: 'rpc.metering.summarise-charges.v1',
  owner: 'metering',
  deadlineMs: 10_000,
  request: z.object({ actor, from: timestamp, to: timestamp, teamId: id.optional() }),
  response: z.object({ rows: z.array(chargeSummary).max(CHARGE_ROWS_MAX) }),
  example: {
    request: {
      actor: { orgId: 'org_1', keyId: 'key_1', role: 'admin' },
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
    },
    response: {
      rows: [{ teamId: 'team_1', walletId: 'wal_1', provider: 'openai', model: 'gpt-4o', calls: 3, cost: '3750000' }],
    },
  },
});
