import { referenceTo } from './environment-reference.js';
import type { ModelParams } from './file-schema.js';
import { resolveText, type Reading, type ResolvedText } from './reading.js';

/** A key that is made of several parameters. */
type CloudKey = ResolvedText & { identity?: string };

/** The base URL of a vendor whose host or path holds a region or a project; null when the entry does not say which. */
export function vendorBaseUrl(reading: Reading, path: string, params: ModelParams, vendorName: string): string | null {
  if (vendorName.startsWith('bedrock')) return bedrockUrl(reading, path, params);
  return vendorName.startsWith('vertex_ai') ? vertexUrl(reading, path, params) : null;
}

function bedrockUrl(reading: Reading, path: string, { aws_region_name: written }: ModelParams): string | null {
  const { AWS_REGION_NAME, AWS_REGION } = reading.environment;
  const region = textOf(reading, `${path}.aws_region_name`, written) ?? AWS_REGION_NAME ?? AWS_REGION;
  return region && isName(region) ? `https://bedrock-runtime.${region}.amazonaws.com` : null;
}

function vertexUrl(reading: Reading, path: string, params: ModelParams): string | null {
  const { VERTEXAI_PROJECT, VERTEXAI_LOCATION } = reading.environment;
  const project = textOf(reading, `${path}.vertex_project`, params.vertex_project) ?? VERTEXAI_PROJECT;
  const location =
    textOf(reading, `${path}.vertex_location`, params.vertex_location) ?? VERTEXAI_LOCATION ?? 'us-central1';
  if (!project || !isName(project) || !isName(location)) return null;
  const host = location === 'global' ? 'aiplatform.googleapis.com' : `${location}-aiplatform.googleapis.com`;
  return `https://${host}/v1/projects/${project}/locations/${location}`;
}

/** AWS access keys as one key, in the form that the bedrock connector reads; null when the entry has none. */
export function readAwsKey(reading: Reading, path: string, params: ModelParams): CloudKey | null {
  const names = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'] as const;
  const written = names.filter((name) => params[name] != null);
  if (written.length === 0) return null;
  if (written.length === 1 || params.aws_access_key_id == null || params.aws_secret_access_key == null) {
    reading.problems.push(`${path}: aws_access_key_id and aws_secret_access_key must be given together`);
    return null;
  }
  const parts = written.map((name) => resolveText(reading, `${path}.${name}`, params[name]!));
  const identity = JSON.stringify(parts.map(({ reference, value }) => reference ?? value));
  const isWhole = parts.every(({ value }) => value !== null);
  return { value: isWhole ? parts.map(({ value }) => value).join(':') : null, reference: null, identity };
}

/** The access keys of the process, where it has them and no Bedrock API key. */
export function awsKeyOfEnvironment(reading: Reading, path: string, vendorName: string): CloudKey | null {
  const { AWS_BEARER_TOKEN_BEDROCK: apiKey, AWS_ACCESS_KEY_ID: id, AWS_SESSION_TOKEN: session } = reading.environment;
  if (!vendorName.startsWith('bedrock') || apiKey || !id) return null;
  return readAwsKey(reading, path, {
    model: '',
    aws_access_key_id: referenceTo('AWS_ACCESS_KEY_ID'),
    aws_secret_access_key: referenceTo('AWS_SECRET_ACCESS_KEY'),
    ...(session && { aws_session_token: referenceTo('AWS_SESSION_TOKEN') }),
  });
}

/** The JSON of a service account; null when the entry has none. */
export function readVertexKey(
  reading: Reading,
  path: string,
  { vertex_credentials: written }: ModelParams,
): CloudKey | null {
  if (written == null) return null;
  const key = resolveText(reading, `${path}.vertex_credentials`, written);
  if (key.value === null || key.value.trim().startsWith('{')) return key;
  reading.problems.push(
    `${path}.vertex_credentials: must be the JSON of a service account, or os.environ/NAME of a variable that holds it`,
  );
  return null;
}

export function textOf(reading: Reading, path: string, written: string | null | undefined): string | null {
  return written == null ? null : resolveText(reading, path, written).value;
}

/** What may stand in a host or a path. */
const isName = (text: string): boolean => /^[a-z0-9][a-z0-9.:-]{0,127}$/i.test(text);
