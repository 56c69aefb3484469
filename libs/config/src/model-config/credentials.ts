import { warnOfUnsupported } from '../unsupported.js';
import { SUPPORTED_KEYS, type CredentialEntry, type ModelConfigFile, type ModelParams } from './file-schema.js';
import type { Reading } from './reading.js';

export type Credentials = ReadonlyMap<string, CredentialEntry['credential_values']>;

/** `credential_list`: keys and addresses that several models share, by name. */
export function readCredentials(reading: Reading, { credential_list: list }: ModelConfigFile): Credentials {
  const credentials = new Map<string, CredentialEntry['credential_values']>();
  for (const [index, { credential_name: name, credential_values: values, ...more }] of (list ?? []).entries()) {
    const path = `credential_list[${index}]`;
    warnOfUnsupported(reading, { path, keys: Object.keys(more), supported: SUPPORTED_KEYS.credential });
    const part = { path: `${path}.credential_values`, keys: Object.keys(values) };
    warnOfUnsupported(reading, { ...part, supported: SUPPORTED_KEYS.credentialValues });
    if (credentials.has(name)) reading.problems.push(`${path}.credential_name: two credentials have the name ${name}`);
    credentials.set(name, values);
  }
  return credentials;
}

/** An entry's parameters with those of the credential that it names; its own come first. */
export function withCredential(
  reading: Reading,
  path: string,
  params: ModelParams,
  credentials: Credentials,
): ModelParams {
  const { litellm_credential_name: name } = params;
  if (name == null) return params;
  const values = credentials.get(name);
  if (!values) reading.problems.push(`${path}.litellm_credential_name: no credential of credential_list has this name`);
  const own = Object.fromEntries(Object.entries(params).filter(([, value]) => value != null)) as ModelParams;
  return { ...values, ...own };
}
