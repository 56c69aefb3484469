import { referencedVariable, type Environment } from './environment-reference.js';

/** What one reading of a file has found out so far: mistakes stop the start, warnings do not. */
export interface Reading {
  environment: Environment;
  problems: string[];
  warnings: string[];
}

/** A text of the file after its reference, if it is one, was looked up; null when the variable is not set. */
export interface ResolvedText {
  value: string | null;
  reference: string | null;
}

/** Looks `os.environ/NAME` up, and warns when there is no such variable. Any other text is its own value. */
export function resolveText(reading: Reading, path: string, text: string): ResolvedText {
  const variable = referencedVariable(text);
  if (variable === null) return { value: text, reference: null };
  const value = reading.environment[variable]?.trim() || null;
  if (value === null) reading.warnings.push(`${path}: the environment variable ${variable} is not set`);
  return { value, reference: text };
}
