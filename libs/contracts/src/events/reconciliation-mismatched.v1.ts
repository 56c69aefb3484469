import { z } from 'zod';
import { defineEvent } from '../define.js';
import { id, modelName, nanoUsd, timestamp } from '../fields.js';

/** An uploaded invoice and our request log differ by more than the tolerance: told once per upload. */
export const reconciliationMismatchedV1 = defineEvent({
  subject: 'evt.metering.reconciliation.mismatched.v1',
  owner: 'metering',
  payload: z.object({
    orgId: id,
    provider: id,
    /** UTC, `2026-01`. */
    month: z.string().max(7),
    tolerancePercent: z.string().max(8),
    ours: nanoUsd,
    invoiced: nanoUsd,
    /** Invoice minus ours. */
    difference: nanoUsd,
    /** How many models differ by more than the tolerance. */
    modelCount: z.int().min(0),
    /** The largest differences. */
    models: z
      .array(
        z.object({
          model: modelName,
          state: z.enum(['over', 'under', 'missing_here', 'missing_there']),
          difference: nanoUsd,
        }),
      )
      .max(20),
    uploadedAt: timestamp,
  }),
  example: {
    orgId: 'org_1',
    provider: 'openai',
    month: '2026-01',
    tolerancePercent: '2',
    ours: '100000000000',
    invoiced: '105000000000',
    difference: '5000000000',
    modelCount: 1,
    models: [{ model: 'gpt-4o', state: 'over', difference: '5000000000' }],
    uploadedAt: '2026-02-03T00:00:00.000Z',
  },
});
