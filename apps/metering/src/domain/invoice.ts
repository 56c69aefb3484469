import { nanoUsd, parseUsd, type NanoUsd } from '@ao/kernel';
import { monthOf, type Month } from './month.js';

/** What a provider asks for, for one month. */
export interface Invoice {
  provider: string;
  month: Month;
  lines: Map<string, InvoiceLine>;
}

interface InvoiceLine {
  amount: NanoUsd;
  /** Null: the file says none. */
  tokens: number | null;
}

/** The cells of a file, as text. */
export interface CsvTable {
  header: string[];
  rows: { line: number; cells: string[] }[];
}

/** What holds for rows that do not say it themselves. */
export interface InvoiceDefaults {
  provider: string | undefined;
  month: Month | undefined;
}

export type InvoiceReading = { kind: 'read'; invoices: Invoice[] } | { kind: 'refused'; problems: string[] };

/** A header may call each column by any of these; the first that is there counts. Spaces, case and signs do not. */
const COLUMN_NAMES = {
  provider: 'provider vendor provider_name',
  month:
    'month billing_month invoice_month billing_period period date usage_date usage_date_utc day start_time_iso start_time',
  model: 'model model_name model_id line_item sku description',
  amount: 'amount_usd cost_usd total_cost_usd cost_in_usd total_usd usd amount amount_value cost total_cost total',
  tokens: 'tokens total_tokens token_count',
  currency: 'currency amount_currency cost_currency',
} as const;
type Column = keyof typeof COLUMN_NAMES;

/** Told at once: who has more than these has one mistake in many lines. */
const PROBLEMS_MAX = 20;
const NAME_LENGTH_MAX = 128;
const MODEL_LENGTH_MAX = 256;
/** What one answer on the bus can hold. */
const LINES_MAX = 1_000;
const INVOICES_MAX = 24;

/** Adds up the rows of a file, which may be of days, projects or kinds of tokens, per provider, month and model. */
export function readInvoices(table: CsvTable, defaults: InvoiceDefaults): InvoiceReading {
  const columns = findColumns(table.header);
  const missing = missingColumns(columns, defaults);
  if (missing.length > 0) return { kind: 'refused', problems: missing };
  if (table.rows.length === 0) return { kind: 'refused', problems: ['there are no lines below the header'] };
  const invoices = new Map<string, Invoice>();
  const problems: string[] = [];
  let lineCount = 0;
  for (const { line, cells } of table.rows) {
    const row = readRow(columns, cells, defaults);
    if (row.kind === 'refused') problems.push(...row.problems.map((problem) => `line ${line}: ${problem}`));
    else lineCount += addTo(invoices, row.entry);
  }
  if (lineCount > LINES_MAX) problems.push(`there are more than ${LINES_MAX} models; send the months one by one`);
  if (invoices.size > INVOICES_MAX) problems.push(`there are more than ${INVOICES_MAX} providers and months`);
  if (problems.length === 0) return { kind: 'read', invoices: [...invoices.values()] };
  return { kind: 'refused', problems: problems.slice(0, PROBLEMS_MAX) };
}

interface Entry extends InvoiceLine {
  provider: string;
  month: Month;
  model: string;
}

type Columns = Partial<Record<Column, number>>;

function findColumns(header: readonly string[]): Columns {
  const names = header.map((name) =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, ''),
  );
  const columns: Columns = {};
  for (const [column, aliases] of Object.entries(COLUMN_NAMES) as [Column, string][]) {
    const alias = aliases.split(' ').find((name) => names.includes(name));
    if (alias !== undefined) columns[column] = names.indexOf(alias);
  }
  return columns;
}

function missingColumns(columns: Columns, { provider, month }: InvoiceDefaults): string[] {
  const missing: Column[] = (['model', 'amount'] as const).filter((column) => columns[column] === undefined);
  if (provider === undefined && columns.provider === undefined) missing.push('provider');
  if (month === undefined && columns.month === undefined) missing.push('month');
  return missing.map((column) => {
    const inQuery = column === 'provider' || column === 'month' ? `, or give ?${column}=` : '';
    return `the header has no column for the ${column}: name one of them ${COLUMN_NAMES[column].split(' ')[0]}${inQuery}`;
  });
}

function readRow(
  columns: Columns,
  cells: readonly string[],
  defaults: InvoiceDefaults,
): { kind: 'read'; entry: Entry } | { kind: 'refused'; problems: string[] } {
  const cell = (column: Column): string => (columns[column] === undefined ? '' : (cells[columns[column]] ?? '').trim());
  const problems: string[] = [];
  const provider = cell('provider') || defaults.provider || '';
  const month = cell('month') ? monthOf(cell('month')) : defaults.month;
  const model = modelOf(cell('model'));
  const amount = amountOf(cell('amount'));
  const tokens = tokensOf(cell('tokens'));
  if (provider === '' || provider.length > NAME_LENGTH_MAX) problems.push('the provider is missing or too long');
  if (month === undefined) problems.push(`${quote(cell('month'))} is no month: write 2026-01 or a date in UTC`);
  if (model === '' || model.length > MODEL_LENGTH_MAX) problems.push('the model is missing or too long');
  if (amount === undefined) {
    problems.push(`${quote(cell('amount'))} is no amount: write dollars with at most 9 places, such as 12.50`);
  }
  if (tokens === undefined) problems.push(`${quote(cell('tokens'))} is no number of tokens`);
  if (!['', 'usd'].includes(cell('currency').toLowerCase())) problems.push('only US dollars (usd) can be compared');
  if (problems.length > 0 || month === undefined || amount === undefined || tokens === undefined) {
    return { kind: 'refused', problems };
  }
  return { kind: 'read', entry: { provider, month, model, amount, tokens } };
}

/** Some exports tell the kinds of tokens of one model apart: `gpt-4o-2024-08-06, cached input`. */
const modelOf = (text: string): string => text.replace(/,\s*(?:cached\s+)?(?:input|output)(?:\s+tokens)?$/i, '');

/** `12.5`, `$1,234.50`, `-3`, `(3.00)`: exactly, or not at all. */
function amountOf(text: string): NanoUsd | undefined {
  const negative = /^\(.*\)$/.test(text);
  const plain = text.replace(/^\((.*)\)$/, '$1').replace(/^(-?)\s*\$\s*/, '$1');
  const ungrouped = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(plain) ? plain.replaceAll(',', '') : plain;
  const trimmed = ungrouped.replace(/(\.\d{9})0+$/, '$1');
  try {
    const amount = parseUsd(trimmed);
    return negative ? nanoUsd(0n - amount) : amount;
  } catch {
    return undefined;
  }
}

function tokensOf(text: string): number | null | undefined {
  if (text === '') return null;
  const tokens = /^\d[\d,]{0,20}$/.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN;
  return Number.isSafeInteger(tokens) ? tokens : undefined;
}

/** @returns how many lines the invoices have more. */
function addTo(invoices: Map<string, Invoice>, { provider, month, model, amount, tokens }: Entry): number {
  const key = JSON.stringify([provider, month]);
  const invoice = invoices.get(key) ?? { provider, month, lines: new Map<string, InvoiceLine>() };
  invoices.set(key, invoice);
  const known = invoice.lines.get(model);
  const sum = known?.tokens == null && tokens === null ? null : (known?.tokens ?? 0) + (tokens ?? 0);
  invoice.lines.set(model, { amount: nanoUsd((known?.amount ?? 0n) + amount), tokens: sum });
  return known ? 0 : 1;
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 40));
