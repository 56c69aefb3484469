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
