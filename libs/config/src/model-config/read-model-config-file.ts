import { readFileSync, statSync } from 'node:fs';
import { StartupError } from '@ao/kernel';
import { MODEL_CONFIG_BYTES_MAX } from './read-yaml.js';

/**
 * The text of an AO_CONFIG file.
 * @throws StartupError that says what to do when there is no such file, it cannot be read or is too large.
 */
export function readModelConfigFile(path: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new StartupError(`AO_CONFIG: ${path} is no file: name a YAML file, or unset AO_CONFIG`);
    // Before reading, so that a wrong path to something huge cannot take all memory.
    if (stat.size > MODEL_CONFIG_BYTES_MAX) {
      throw new StartupError(`AO_CONFIG: ${path} has more than ${MODEL_CONFIG_BYTES_MAX} bytes: is it the right file?`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const advice = missing ? 'does not exist: correct the path, or unset AO_CONFIG' : 'cannot be read: check who may';
    throw new StartupError(`AO_CONFIG: ${path} ${advice}`, { cause: error });
  }
}
