import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, nanoUsd, timestamp } from '../../fields.js';

/** The largest CSV that is taken; with the rest of its message it fits the bus. */
export const INVOICE_CSV_CHARS_MAX = 500_000;

/** `2026-01`, a month in UTC. */
export const month = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'expected a month such as 2026-01');
/** `"2"` or `"0.5"`: at most four places. */
export const percent = z.string().regex(/^\d{1,3}(?:\.\d{1,4})?$/, 'expected a percentage such as 2 or 0.5');

/**
 * `ok`: within the tolerance; `over`: the invoice asks for more than our log says, `under`: for less; `missing_here`: our
 * log has no such model, `missing_there`: the invoice has not.
 */
export const reconciliationState = z.enum(['ok', 'over', 'under', 'missing_here', 'missing_there']);

const comparison = {
  state: reconciliationState,
  /** What our log says, nano-dollars. */
  ours: nanoUsd,
  invoiced: nanoUsd,
  /** Invoice minus ours. */
  difference: nanoUsd,
  /** The difference in percent of ours, rounded to two places; null where ours is 0. */
  differencePercent: z.string().max(64).nullable(),
};
export const reconciliationLine = z.object({ model: modelName, ...comparison });
export type ReconciliationLine = z.output<typeof reconciliationLine>;

/** One provider's invoice of one month against our request log. */
export const reconciliation = z.object({
  month,
  provider: id,
  uploadedAt: timestamp,
  tolerancePercent: percent,
  /** False: the month is not over, or the log no longer holds all of it. */
  logComplete: z.boolean(),
  lines: z.array(reconciliationLine),
  total: z.object(comparison),
});
export type Reconciliation = z.output<typeof reconciliation>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const figures = {
  state: 'over' as const,
  ours: '100000000000',
  invoiced: '105000000000',
  difference: '5000000000',
  differencePercent: '5',
};
const example: z.input<typeof reconciliation> = {
  month: '2026-01',
  provider: 'openai',
  uploadedAt: '2026-02-03T00:00:00.000Z',
  tolerancePercent: '2',
  logComplete: true,
  lines: [{ model: 'gpt-4o', ...figures }],
  total: figures,
};

/** Takes invoices as CSV; one of a provider and month that is there already is replaced. */
export const uploadInvoicesV1 = defineRpc({
  subject: 'rpc.metering.upload-invoices.v1',
  owner: 'metering',
  deadlineMs: 15_000,
  request: z.object({
    actor,
    csv: z.string().max(INVOICE_CSV_CHARS_MAX),
    /** For files that name no provider, or no month. */
    provider: id.optional(),
    month: month.optional(),
    tolerancePercent: percent.optional().default('2'),
  }),
  response: z.object({ reconciliations: z.array(reconciliation) }),
  example: {
    request: { actor: actorExample, csv: 'provider,month,model,amount_usd\nopenai,2026-01,gpt-4o,105.00\n' },
    response: { reconciliations: [example] },
  },
});

export const getReconciliationV1 = defineRpc({
  subject: 'rpc.metering.get-reconciliation.v1',
  owner: 'metering',
  deadlineMs: 15_000,
  request: z.object({ actor, month, provider: id.optional(), tolerancePercent: percent.optional() }),
  response: z.object({ reconciliations: z.array(reconciliation) }),
  example: { request: { actor: actorExample, month: '2026-01' }, response: { reconciliations: [example] } },
});
