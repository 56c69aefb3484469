import { z } from 'zod';
import { defineRpc, type Owner, type RpcContract } from '../define.js';

const healthResponse = z.object({
  /** Each dependency by name; `ok` false says in `detail` what is wrong, without secrets. */
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().nullable() })),
});

const checkHealth = (owner: Owner): RpcContract<z.ZodObject<Record<never, never>>, typeof healthResponse> =>
  defineRpc({
    subject: `rpc.${owner}.check-health.v1`,
    owner,
    request: z.object({}),
    response: healthResponse,
    deadlineMs: 1_000,
    example: { request: {}, response: { checks: { postgres: { ok: true, detail: null } } } },
  });

/** Asked by the gateway's `/ready`: does the service answer, and do its dependencies? */
export const checkHealthV1 = {
  identity: checkHealth('identity'),
  governance: checkHealth('governance'),
  wallet: checkHealth('wallet'),
  metering: checkHealth('metering'),
  routing: checkHealth('routing'),
  notification: checkHealth('notification'),
  analytics: checkHealth('analytics'),
  agents: checkHealth('agents'),
} as const;
export type CheckedService = keyof typeof checkHealthV1;
