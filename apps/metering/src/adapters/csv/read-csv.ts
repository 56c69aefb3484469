import { AppError } from '@ao/kernel';
import { CsvError, parse } from 'csv-parse/sync';
import type { CsvTable } from '../../domain/invoice.js';

/** A line of an invoice is short: a longer one is a quote that never ends. */
const LINE_CHARS_MAX = 10_000;

interface ParsedRow {
  record: string[];
  info: { lines: number };
}

/**
 * The cells of a CSV text: commas, semicolons or tabs between them, quotes around them where needed, a byte order mark or none.
 * @throws AppError `invalid_parameter` when it is no CSV.
 */
export function readCsv(text: string): CsvTable {
  const rows = parseRows(text);
  const [header, ...rest] = rows;
  if (!header)
    throw new AppError('invalid_parameter', 'The file is empty: send CSV with a header line.', { param: 'csv' });
  return { header: header.record, rows: rest.map(({ record, info }) => ({ line: info.lines, cells: record })) };
}

function parseRows(text: string): ParsedRow[] {
  try {
    return parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      max_record_size: LINE_CHARS_MAX,
    }) as unknown as ParsedRow[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = 'lines' in cause ? ` near line ${String(cause.lines)}` : '';
    throw new AppError('invalid_parameter', `The file is not valid CSV${line}: check its quotes.`, {
      param: 'csv',
      cause,
    });
  }
}

/** Spreadsheets of many countries write semicolons. */
function delimiterOf(text: string): string {
  const header = text.slice(0, LINE_CHARS_MAX).split(/\r?\n/, 1)[0] ?? '';
  const count = (delimiter: string): number => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
