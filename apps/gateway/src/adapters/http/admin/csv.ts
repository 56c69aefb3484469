/** A cell: text is quoted where it must be, a number is written as it is. */
export type CsvCell = string | { number: string } | null;

/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;
const SPECIAL = /[",\r\n]/;

/**
 * Writes rows as CSV (RFC 4180). Names are chosen by people: one that a spreadsheet would run as a formula gets an
 * apostrophe before it, which spreadsheets show as text.
 */
export function toCsv(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const lines = [header.join(',')];
  for (const row of rows) lines.push(row.map(toField).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function toField(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return cell.number;
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
