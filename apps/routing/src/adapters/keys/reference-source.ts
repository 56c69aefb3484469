import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { referencedVariable, type Environment } from '@ao/config';
import { KeyUnavailableError, type KeySource } from '../../application/ports.js';
import { mayReference, OPERATOR_ORGANISATION_ID, referencedFile } from '../../domain/key-reference.js';

const FILE_BYTES_MAX = 8_192;

export interface ReferenceSourceOptions {
  environment: Environment;
  /** Variables that may be named over the API, `*` in them for any text. */
  variablesAllowed: readonly string[];
  /** The only folder whose files may be named over the API; absent: none may. */
  directory: string | undefined;
}

/** Reads keys from variables (`os.environ/NAME`) and from files (`file:/path`), which somebody else renews. */
export class ReferenceSource implements KeySource {
  constructor(private readonly options: ReferenceSourceOptions) {}

  refusalOf(orgId: string, reference: string): string | null {
    const variable = referencedVariable(reference);
    const file = referencedFile(reference);
    if (variable !== null) {
      return mayReference(orgId, variable, this.options.variablesAllowed)
        ? null
        : `The variable ${variable} cannot be used as a provider key. Give the key itself, or ask the operator to name ` +
            'the variable in AO_PROVIDER_KEY_VARIABLES.';
    }
    if (file === null) return 'A reference to a key is written os.environ/NAME or file:/path.';
    const { directory } = this.options;
    return orgId === OPERATOR_ORGANISATION_ID && directory !== undefined && isInside(path.resolve(directory), file)
      ? null
      : 'This file cannot be used as a provider key. Give the key itself, or ask the operator to put the file into the ' +
          'folder that AO_PROVIDER_KEY_DIRECTORY names.';
  }

  async read(reference: string, isOperators: boolean): Promise<string> {
    const file = referencedFile(reference);
    const text = file === null ? this.variable(reference) : await this.file(file, isOperators);
    if (text.trim() === '')
      throw new KeyUnavailableError(file === null ? 'the variable is not set' : 'the file is empty');
    return text.trim();
  }

  private variable(reference: string): string {
    return this.options.environment[referencedVariable(reference) ?? ''] ?? '';
  }

  private async file(file: string, isOperators: boolean): Promise<string> {
    const { directory } = this.options;
    try {
      // Links are followed first: what counts is where the file really is.
      const real = await realpath(file);
      const isAllowed = isOperators || (directory !== undefined && isInside(await realpath(directory), real));
      if (!isAllowed) throw new KeyUnavailableError('the file lies outside the folder of AO_PROVIDER_KEY_DIRECTORY');
      return await readText(real);
    } catch (error) {
      if (error instanceof KeyUnavailableError) throw error;
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new KeyUnavailableError(isMissing ? 'there is no such file' : 'the file cannot be read');
    }
  }
}

async function readText(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new KeyUnavailableError('it is no file');
    if (stats.size > FILE_BYTES_MAX) throw new KeyUnavailableError(`the file has more than ${FILE_BYTES_MAX} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function isInside(directory: string, file: string): boolean {
  const relative = path.relative(directory, path.resolve(file));
  // Kubernetes mounts secrets through a folder named `..data`: only a whole `..` leads out.
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
