import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  PRICE_TABLE_BYTES_MAX,
  PRICE_TABLE_GZIP_CHARACTERS_MAX,
  createPriceV1,
  importPricesV1,
  listPricesV1,
} from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { pageFields } from './fields.js';
import { fromPriceBody, priceBody, toPriceBody } from './price-body.js';

const compress = promisify(gzip);

const priceQuery = z.object({
  ...pageFields,
  model: z.string().max(256).optional(),
  provider: z.string().max(128).optional(),
});

const importQuery = z.object({ dry_run: z.enum(['true', 'false']).default('false') });

export const pricesRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/prices',
    contract: createPriceV1,
    status: 201,
    toRequest: ({ actor, body }) => ({ actor, ...fromPriceBody(readBody(body, priceBody)) }),
    toBody: ({ price }) => toPriceBody(price),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/prices',
    contract: listPricesV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, priceQuery) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toPriceBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/prices/import',
    contract: importPricesV1,
    bodyBytesMax: PRICE_TABLE_BYTES_MAX,
    toRequest: async ({ actor, query, body }) => ({
      actor,
      dryRun: readQuery(query, importQuery).dry_run === 'true',
      tableGzip: await packTable(body),
    }),
    toBody: ({ dryRun, skippedEntries, ...report }) => ({
      dry_run: dryRun,
      ...report,
      skipped_entries: skippedEntries,
    }),
  }),
];

/** The table goes as it came, but smaller: a message of the bus would not hold it. */
async function packTable(body: unknown): Promise<string> {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new AppError('missing_required_parameter', 'The body must be the price table.', { param: 'body' });
  }
  const packed = (await compress(body)).toString('base64');
  if (packed.length <= PRICE_TABLE_GZIP_CHARACTERS_MAX) return packed;
  throw new AppError('payload_too_large', 'The price table is too large. Import it in parts.');
}
