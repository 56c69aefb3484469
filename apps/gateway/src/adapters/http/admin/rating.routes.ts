import {
  createReratingV1,
  getReconciliationV1,
  getReratingV1,
  INVOICE_CSV_CHARS_MAX,
  month,
  percent,
  uploadInvoicesV1,
  type Reconciliation,
  type Rerating,
} from '@ao/contracts';
import { AppError, formatUsd, type NanoUsd } from '@ao/kernel';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { toSnakeCase } from './fields.js';

const reratingBody = z.object({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  model: z.string().min(1).max(256).optional(),
  provider: z.string().min(1).max(128).optional(),
  reason: z.string().min(1).max(500),
  dry_run: z.boolean().default(false),
});
const utc = (text: string): string => new Date(text).toISOString();

const toReratingBody = ({ difference, ...rerating }: Rerating): object => ({
  ...toSnakeCase(rerating),
  difference_usd: formatUsd(difference),
});

const provider = z.string().min(1).max(128).optional();
const invoicesQuery = z.object({ provider, month: month.optional(), tolerance_percent: percent.default('2') });
const reconciliationQuery = z.object({ provider, tolerance_percent: percent.optional() });

/** @throws AppError `invalid_parameter`, `payload_too_large`. */
function readCsv(body: unknown): string {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    const message = 'Send the invoice as the body of the request, with the header content-type: text/csv.';
    throw new AppError('invalid_parameter', message, { param: 'body' });
  }
  if (body.length <= INVOICE_CSV_CHARS_MAX) return body.toString('utf8');
  const message = `The file has more than ${INVOICE_CSV_CHARS_MAX} bytes. Send fewer months, or totals per model.`;
  throw new AppError('payload_too_large', message);
}

interface Figures {
  ours: NanoUsd;
  invoiced: NanoUsd;
  difference: NanoUsd;
}

const toComparisonBody = ({ ours, invoiced, difference, ...rest }: Figures): object => ({
  ...toSnakeCase(rest),
  ours_usd: formatUsd(ours),
  invoiced_usd: formatUsd(invoiced),
  difference_usd: formatUsd(difference),
});

const toReconciliationBody = ({ lines, total, ...reconciliation }: Reconciliation): object => ({
  ...toSnakeCase(reconciliation),
  lines: lines.map(toComparisonBody),
  total: toComparisonBody(total),
});

const toReconciliationsBody = ({ reconciliations }: { reconciliations: Reconciliation[] }): object => ({
  data: reconciliations.map(toReconciliationBody),
  next_cursor: null,
});

export const ratingRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/reratings',
    contract: createReratingV1,
    status: 202,
    toRequest: ({ actor, body }) => {
      const { from, to, model, provider: of, reason, dry_run: dryRun } = readBody(body, reratingBody);
      const only = { ...(model !== undefined && { model }), ...(of !== undefined && { provider: of }) };
      return { actor, from: utc(from), to: utc(to), ...only, reason, dryRun };
    },
    toBody: ({ rerating }) => toReratingBody(rerating),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/reratings/:id',
    contract: getReratingV1,
    toRequest: ({ actor, params }) => ({ actor, reratingId: params['id']! }),
    toBody: ({ rerating }) => toReratingBody(rerating),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/reconciliation/invoices',
    contract: uploadInvoicesV1,
    accepts: 'text/csv',
    toRequest: ({ actor, query, body }) => {
      const { provider: of, month: ofMonth, tolerance_percent: tolerancePercent } = readQuery(query, invoicesQuery);
      const defaults = { ...(of !== undefined && { provider: of }), ...(ofMonth !== undefined && { month: ofMonth }) };
      return { actor, csv: readCsv(body), ...defaults, tolerancePercent };
    },
    toBody: toReconciliationsBody,
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/reconciliation/:month',
    contract: getReconciliationV1,
    toRequest: ({ actor, params, query }) => {
      const { provider: of, tolerance_percent: tolerancePercent } = readQuery(query, reconciliationQuery);
      const asked = readQuery(params, z.object({ month }));
      const given = { ...(of !== undefined && { provider: of }), ...(tolerancePercent && { tolerancePercent }) };
      return { actor, ...asked, ...given };
    },
    toBody: toReconciliationsBody,
  }),
];
