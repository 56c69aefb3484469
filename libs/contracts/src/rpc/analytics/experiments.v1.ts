import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, name, nanoUsd, timestamp } from '../../fields.js';

/** What the calls of one variant came to. Calls that a cache answered are left out: they say nothing of the variant. */
export const variantFigures = z.object({
  variant: name,
  calls: z.int().min(0),
  /** Answered with a status of 400 or more; callers who left are no failure. */
  errors: z.int().min(0),
  cost: nanoUsd,
  /** Of the cost of a call, in nano-dollars squared: for statistics, never for money. */
  costVariance: z.number().min(0),
  /** Milliseconds, of the `count` calls that did not fail. */
  latency: z.object({
    count: z.int().min(0),
    mean: z.number(),
    variance: z.number().min(0),
    p50: z.number(),
    p95: z.number(),
  }),
});
export type VariantFigures = z.output<typeof variantFigures>;

/** The calls of an experiment, by variant; only of the caller's organisation. Variants without a call are absent. */
export const queryExperimentV1 = defineRpc({
  subject: 'rpc.analytics.query-experiment.v1',
  owner: 'analytics',
  request: z.object({ actor, experimentId: id, from: timestamp, to: timestamp }),
  response: z.object({ variants: z.array(variantFigures).max(100) }),
  deadlineMs: 10_000,
  example: {
    request: {
      actor: { orgId: 'org_1', keyId: 'key_1', role: 'admin' },
      experimentId: 'exp_1',
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
    },
    response: {
      variants: [
        {
          variant: 'mini',
          calls: 2,
          errors: 0,
          cost: '2500000',
          costVariance: 0,
          latency: { count: 2, mean: 420, variance: 200, p50: 410, p95: 430 },
        },
      ],
    },
  },
});
