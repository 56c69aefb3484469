import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, nextCursor, page } from '../../fields.js';
import { price, priceExample } from '../../snapshots/prices.js';

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const { id: _id, source: _source, ...settable } = price.shape;

/** Adds a price from a date on. Rows are never edited: what was billed keeps the price of its time. */
export const createPriceV1 = defineRpc({
  subject: 'rpc.metering.create-price.v1',
  owner: 'metering',
  request: z.object({ actor, ...settable, effectiveFromMs: settable.effectiveFromMs.optional() }),
  response: z.object({ price }),
  example: {
    request: { actor: actorExample, model: 'gpt-4o', provider: null, inputPico: '2500000', outputPico: '10000000' },
    response: { price: priceExample },
  },
});

export const listPricesV1 = defineRpc({
  subject: 'rpc.metering.list-prices.v1',
  owner: 'metering',
  request: z.object({ actor, ...page, model: modelName.optional(), provider: id.optional() }),
  response: z.object({ data: z.array(price), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [priceExample], nextCursor: null } },
});

/** Bytes of an imported table as it was sent, and of its compressed text as it goes over the bus. */
export const PRICE_TABLE_BYTES_MAX = 4 * 1_048_576;
export const PRICE_TABLE_GZIP_CHARACTERS_MAX = 900_000;
/** A report names so many changes, and so many entries that were skipped; its counts are of all. */
export const IMPORT_REPORT_ROWS_MAX = 2_000;

const count = z.int().min(0);

/**
 * Takes over the prices of a table of LiteLLM's form (`model_prices_and_context_window.json`). They hold from now on, over the
 * bundled ones and under what the configuration or the API sets. The same table again changes nothing.
 */
export const importPricesV1 = defineRpc({
  subject: 'rpc.metering.import-prices.v1',
  owner: 'metering',
  deadlineMs: 30_000,
  request: z.object({
    actor,
    /** The JSON text, gzipped: as it is it would not fit into a message. */
    tableGzip: z.base64().max(PRICE_TABLE_GZIP_CHARACTERS_MAX),
    /** Only say what would change. */
    dryRun: z.boolean().optional().default(false),
  }),
  response: z.object({
    dryRun: z.boolean(),
    added: count,
    changed: count,
    unchanged: count,
    skipped: count,
    changes: z
      .array(z.object({ model: modelName, provider: id.nullable(), change: z.enum(['added', 'changed']) }))
      .max(IMPORT_REPORT_ROWS_MAX),
    skippedEntries: z
      .array(z.object({ name: z.string().max(256), reason: z.string().max(300) }))
      .max(IMPORT_REPORT_ROWS_MAX),
  }),
  example: {
    request: { actor: actorExample, tableGzip: 'H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==', dryRun: true },
    response: {
      dryRun: true,
      added: 1,
      changed: 0,
      unchanged: 0,
      skipped: 1,
      changes: [{ model: 'gpt-4o', provider: 'openai', change: 'added' }],
      skippedEntries: [{ name: 'sample_spec', reason: 'no price' }],
    },
  },
});
