import { Responds } from '@ao/bus';
import { createPriceV1, importPricesV1, listPricesV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller, Inject } from '@nestjs/common';
import { CreatePrice } from '../../application/create-price.js';
import { ImportPrices } from '../../application/import-prices.js';
import { PRICE_REPOSITORY, type PriceRepository } from '../../application/ports.js';

@Controller()
export class PricesRpc {
  constructor(
    private readonly createPrice: CreatePrice,
    private readonly importPrices: ImportPrices,
    @Inject(PRICE_REPOSITORY) private readonly prices: PriceRepository,
  ) {}

  @Responds(createPriceV1)
  async create(request: RequestOf<typeof createPriceV1>): Promise<ResponseOf<typeof createPriceV1>> {
    return { price: await this.createPrice.execute(request) };
  }

  @Responds(importPricesV1)
  import(request: RequestOf<typeof importPricesV1>): Promise<ResponseOf<typeof importPricesV1>> {
    return this.importPrices.execute(request);
  }

  /** Prices are the same for everyone, and everyone may see them. */
  @Responds(listPricesV1)
  async list(request: RequestOf<typeof listPricesV1>): Promise<ResponseOf<typeof listPricesV1>> {
    const { model, provider, limit, cursor } = request;
    const rows = await this.prices.list({ model, provider }, { limit: limit + 1, after: readSequence(cursor) });
    const page = toPage(rows, limit, ({ sequence }) => String(sequence));
    return { ...page, data: page.data.map(({ price }) => price) };
  }
}

function readSequence(cursor: string | undefined): bigint | undefined {
  const text = decodeCursor(cursor);
  if (text === undefined) return undefined;
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new AppError('invalid_parameter', 'The cursor is not one that this API gave out.', { param: 'cursor' });
}
