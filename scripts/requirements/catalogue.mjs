import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ id: string, priority: string, text: string, file: string }} Row */

/**
 * @param {string} folder docs/requirements
 * @returns {Row[]} every row of the catalogue, in its order
 */
export function readCatalogue(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .toSorted()
    .flatMap((file) => parseRows(readFileSync(join(folder, file), 'utf8'), file));
}

/**
 * @param {string} text a page of the catalogue
 * @param {string} file its name
 * @returns {Row[]} priority is empty where a page's table has no such column
 */
export function parseRows(text, file) {
  /** @type {string[]} */
  let header = [];
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('|')) return [];
    const cells = splitCells(line);
    if (cells[0] === 'ID') header = cells;
    const id = cells[0] ?? '';
    if (!/^[A-Z]{2}-\d{3}$/.test(id)) return [];
    return [{ id, priority: cells[header.indexOf('P')] ?? '', text: cells[1] ?? '', file }];
  });
}

/**
 * @param {string} line `| a | b \| c |`
 * @returns {string[]} cells, an escaped bar kept as part of its cell
 */
function splitCells(line) {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}
