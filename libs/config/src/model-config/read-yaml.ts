import { StartupError } from '@ao/kernel';
import { LineCounter, parseDocument } from 'yaml';
import { formatPath } from '../format-path.js';
import { modelConfigFile, type ModelConfigFile } from './file-schema.js';

/** A thousand models take about 300 kB; what is larger is no configuration. */
export const MODEL_CONFIG_BYTES_MAX = 4 * 1024 * 1024;
const PROBLEMS_SHOWN_MAX = 50;

/**
 * The file as data, its shape checked.
 * @throws StartupError that lists every mistake with its line or its path. It never quotes the file, which holds keys.
 */
export function readYaml(text: string): ModelConfigFile {
  if (Buffer.byteLength(text) > MODEL_CONFIG_BYTES_MAX) {
    throw problemsOf([`larger than ${MODEL_CONFIG_BYTES_MAX} bytes; remove what is no model`]);
  }
  const result = modelConfigFile.safeParse(parse(text) ?? {});
  if (result.success) return result.data;
  throw problemsOf(result.error.issues.map((issue) => `${formatPath(issue.path) || 'the file'}: ${issue.message}`));
}

export function problemsOf(problems: string[]): StartupError {
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).join('; ');
  const more = problems.length - PROBLEMS_SHOWN_MAX;
  return new StartupError(`bad AO_CONFIG: ${shown}${more > 0 ? `; and ${more} more` : ''}`);
}

function parse(text: string): unknown {
  const lines = new LineCounter();
  // Pretty errors quote the line at fault, which may hold a key.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, merge: true });
  if (document.errors.length > 0) {
    throw problemsOf(
      document.errors.map(({ code, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return `line ${line}, column ${col}: not YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
      }),
    );
  }
  try {
    return document.toJS() as unknown;
  } catch {
    // The only way: more alias expansions than the parser allows, or one that names no anchor.
    throw problemsOf(['its YAML aliases (*name) cannot be resolved, or expand to too much']);
  }
}
