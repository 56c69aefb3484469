import { useModels, usePrices } from '../../api/queries.js';
import type { Model, Price } from '../../api/types.js';
import { showCount } from '../../format/number.js';
import { strings } from '../../strings.js';
import { Card } from '../../ui/card.js';
import { Empty, QueryView } from '../../ui/states.js';
import { priceOfModel } from './price-of-model.js';
import { PricesCard } from './prices-card.js';
import { Rate } from './rate.js';

const text = strings.models;

export function ModelsPage() {
  const models = useModels();
  const prices = usePrices();
  return (
    <>
      <p className="lead">
        {text.lead} {text.perMillion}
      </p>
      <Card title={strings.pages.models}>
        <QueryView query={models} lines={6}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={text.emptyTitle}>
                <p>{text.emptyText}</p>
              </Empty>
            ) : (
              <ModelsTable models={rows} prices={prices.data?.rows ?? null} />
            )
          }
        </QueryView>
      </Card>
      <PricesCard prices={prices} />
    </>
  );
}

function ModelsTable({ models, prices }: { models: Model[]; prices: Price[] | null }) {
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={strings.pages.models}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.name}</th>
            <th scope="col">{text.owner}</th>
            {[text.input, text.cached, text.output, text.context].map((heading) => (
              <th key={heading} scope="col" className="number">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models
            .toSorted((a, b) => a.id.localeCompare(b.id))
            .map((model) => (
              <tr key={model.id}>
                <th scope="row">{model.id}</th>
                <td>{model.owned_by}</td>
                <PriceCells price={prices && priceOfModel(model, prices, Date.now())} />
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

/** @param price Null: the prices are not here; undefined: there is none. */
function PriceCells({ price }: { price: Price | null | undefined }) {
  if (!price)
    return (
      <td colSpan={4} className="number note">
        {price === null ? strings.common.none : text.noPrice}
      </td>
    );
  return (
    <>
      <Rate rate={price.input_usd_per_million} free={price.free} />
      <Rate rate={price.cached_input_usd_per_million} free={price.free} />
      <Rate rate={price.output_usd_per_million} free={price.free} />
      <td className="number">
        {price.context_tokens_max === null ? strings.common.none : showCount(price.context_tokens_max)}
      </td>
    </>
  );
}
