import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inRoot, root, toolsFolder } from '../lib/paths.mjs';

const stateFile = join(toolsFolder, 'state.json');

/**
 * What bootstrap did last time: step name → fingerprint of its inputs. An unreadable file means "nothing was done".
 * @returns {Record<string, string>}
 */
function readState() {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * @param {string} name
 * @param {string} fingerprint
 * @returns {boolean} true when the step ran to its end with exactly these inputs
 */
export const isDone = (name, fingerprint) => readState()[name] === fingerprint;

/**
 * @param {string} name
 * @param {string} fingerprint
 */
export function markDone(name, fingerprint) {
  mkdirSync(toolsFolder, { recursive: true });
  // Renamed into place, so that two starts at once never leave half a file.
  const draft = `${stateFile}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ ...readState(), [name]: fingerprint }, null, 2));
  renameSync(draft, stateFile);
}

/**
 * @param {string[]} parts
 * @returns {string}
 */
export function hash(...parts) {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  return digest.digest('hex');
}

/**
 * @param {string[]} paths relative to the root; a missing file counts as empty
 * @returns {string} hash over their contents
 */
export function contentHash(paths) {
  return hash(...paths.flatMap((path) => [path, existsSync(inRoot(path)) ? readFileSync(inRoot(path), 'utf8') : '']));
}

const skipped = new Set(['node_modules', 'dist', 'coverage', '.turbo']);

/**
 * A cheap fingerprint of whole folders: path, size and time of every file, contents unread (thousands of files in milliseconds).
 * @param {string[]} folders relative to the root
 * @returns {string}
 */
export function treeStamp(folders) {
  /** @type {string[]} */
  const entries = [];
  for (const folder of folders) if (existsSync(inRoot(folder))) walk(inRoot(folder), entries);
  return hash(...entries);
}

/**
 * @param {string} folder
 * @param {string[]} entries
 */
function walk(folder, entries) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (skipped.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      walk(path, entries);
    } else if (entry.isFile()) {
      const { size, mtimeMs } = statSync(path);
      entries.push(`${relative(root, path)}:${size}:${mtimeMs}`);
    }
  }
}
