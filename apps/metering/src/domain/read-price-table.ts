import { AppError } from '@ao/kernel';
import { readLiteLlmPrice, type LiteLlmPrice } from '@ao/pricing';
import type { ConfiguredPrice } from './plan-price-sync.js';
import { faultOf } from './price.js';
import { hasUnstorableText } from './storable.js';

/** More models than anybody sells. */
const ENTRIES_MAX = 10_000;
const MODEL_LENGTH_MAX = 256;
const PROVIDER_LENGTH_MAX = 128;
const REASON_LENGTH_MAX = 300;

/** The prices of a table, and what of it is none, with why. */
export interface PriceTable {
  prices: ConfiguredPrice[];
  skipped: { name: string; reason: string }[];
}

/**
 * Reads a table of LiteLLM's form: an object of entries by model.
 * @throws AppError `invalid_parameter` when it is something else, or has more than 10,000 entries.
 */
export function readPriceTable(json: unknown, source: string): PriceTable {
  if (!isObject(json)) throw wrong('The price table must be an object: {"<model>": {"input_cost_per_token": …}, …}.');
  const entries = Object.entries(json);
  if (entries.length > ENTRIES_MAX) throw wrong(`The price table has more than ${ENTRIES_MAX} entries.`);
  const table: PriceTable = { prices: [], skipped: [] };
  const nameOfModel = new Map<string, string>();
  for (const [name, info] of entries) {
    const { row, reason } = readEntry(name, info, source);
    const key = row && JSON.stringify([row.provider, row.model]);
    const known = key && nameOfModel.get(key);
    if (!row || known !== undefined) {
      table.skipped.push({
        name: name.slice(0, MODEL_LENGTH_MAX),
        reason: (reason ?? `the same model as ${known}`).slice(0, REASON_LENGTH_MAX),
      });
      continue;
    }
    nameOfModel.set(key!, name);
    const { id: _id, effectiveFromMs: _from, ...price } = row;
    table.prices.push(price);
  }
  return table;
}

function readEntry(name: string, info: unknown, source: string): LiteLlmPrice {
  // LiteLLM's own table begins with a description of itself.
  if (name === 'sample_spec') return { reason: 'a description, no model' };
  if (!isObject(info)) return { reason: 'no entry of a model' };
  const read = readLiteLlmPrice(name, info, { id: 'import', effectiveFromMs: 0, source });
  if (!read.row) return read;
  const { model, provider } = read.row;
  if (model.length === 0 || model.length > MODEL_LENGTH_MAX || (provider?.length ?? 0) > PROVIDER_LENGTH_MAX) {
    return { reason: 'the name of the model or of its provider is empty or too long' };
  }
  if (hasUnstorableText(JSON.stringify([model, provider]))) return { reason: 'characters that cannot be stored' };
  const fault = faultOf(read.row);
  return fault ? { reason: `${fault.param}: ${fault.message}` } : read;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (message: string): AppError => new AppError('invalid_parameter', message, { param: 'body' });
