import { referenceTo } from './environment-reference.js';
import { KIND_SETTINGS, type KindSettings } from '@ao/providers/kinds';
import { awsKeyOfEnvironment, readAwsKey, readVertexKey, textOf, vendorBaseUrl } from './cloud-params.js';
import type { ModelParams } from './file-schema.js';
import type { ConfigProvider } from './model-config.js';
import { resolveText, type Reading, type ResolvedText } from './reading.js';
import { stableId } from './stable-id.js';

const LEFT_OUT = 'this model is left out';

/**
 * The endpoint that an entry's parameters describe, not yet named; null when the platform cannot reach it, after saying
 * why in the reading.
 */
export function readProvider(
  reading: Reading,
  path: string,
  params: ModelParams,
  vendorName: string,
): Omit<ConfigProvider, 'name'> | null {
  const kind = KIND_SETTINGS.get(vendorName);
  if (!kind) {
    reading.warnings.push(`${path}.model: the provider ${vendorName} is not supported yet; ${LEFT_OUT}`);
    return null;
  }
  const baseUrl = readBaseUrl(reading, path, params, [vendorName, kind]);
  if (baseUrl === null) return null;
  const key = readKey(reading, path, params, [vendorName, kind], baseUrl);
  const organisation =
    params.organization == null ? null : resolveText(reading, `${path}.organization`, params.organization).value;
  const region = textOf(reading, `${path}.aws_region_name`, params.aws_region_name);
  // The last one stands for limits that providers had in files once: ids are to stay.
  const identity = [vendorName, baseUrl, key.identity ?? key.reference ?? key.value, organisation, {}];
  return {
    // A key that comes from a variable is named by it, so that a new key in the same variable is the same provider.
    id: stableId('prv', region === null ? identity : [...identity, region]),
    vendor: kind.vendor,
    kind: vendorName,
    baseUrl,
    apiKey: key.value,
    keyReference: key.reference,
    organisation,
    region,
  };
}

function readBaseUrl(
  reading: Reading,
  path: string,
  params: ModelParams,
  [vendorName, kind]: [string, KindSettings],
): string | null {
  const key = params.api_base == null ? 'base_url' : 'api_base';
  const written = params[key];
  if (written == null) {
    const own = kind.baseUrl ?? vendorBaseUrl(reading, path, params, vendorName);
    if (own !== null) return own;
    reading.problems.push(`${path}.api_base: required for the provider ${vendorName}`);
    return null;
  }
  const { value } = resolveText(reading, `${path}.${key}`, written);
  if (value === null) {
    // Falling back to the vendor's own address would send the key where the operator did not mean it to go.
    reading.warnings.push(`${path}.${key}: unknown; ${LEFT_OUT}`);
    return null;
  }
  const url = URL.canParse(value) ? new URL(value) : null;
  const usable = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (!usable) {
    reading.problems.push(`${path}.${key}: must be an http or https URL without user, password, query and fragment`);
    return null;
  }
  const trimmed = url.href.replace(/\/+$/, '');
  const version =
    params.api_version == null ? null : resolveText(reading, `${path}.api_version`, params.api_version).value;
  return version === null || vendorName !== 'azure' ? trimmed : `${trimmed}?api-version=${encodeURIComponent(version)}`;
}

function readKey(
  reading: Reading,
  path: string,
  params: ModelParams,
  [vendorName, { keyVariable, baseUrl: vendorUrl }]: [string, KindSettings],
  baseUrl: string,
): ResolvedText & { identity?: string } {
  if (params.api_key != null) return resolveText(reading, `${path}.api_key`, params.api_key);
  const cloudKey = readAwsKey(reading, path, params) ?? readVertexKey(reading, path, params);
  if (cloudKey !== null) return cloudKey;
  // The vendor's key goes to the vendor only, never to whatever host an entry names.
  const isVendor = baseUrl === (vendorUrl ?? vendorBaseUrl(reading, path, params, vendorName));
  if (keyVariable === null || !isVendor) return { value: null, reference: null };
  const pair = awsKeyOfEnvironment(reading, path, vendorName);
  if (pair !== null) return pair;
  return resolveText(reading, `${path}.api_key`, referenceTo(keyVariable));
}
