import { referenceTo } from './environment-reference.js';
import type { ModelParams } from './file-schema.js';
import type { ConfigProvider, ConfigTimeouts } from './model-config.js';
import { resolveText, type Reading, type ResolvedText } from './reading.js';
import { stableId } from './stable-id.js';
import { OPENAI_COMPATIBLE_VENDORS, type Vendor } from './vendors.js';

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
  const vendor = OPENAI_COMPATIBLE_VENDORS[vendorName];
  if (!vendor || !Object.hasOwn(OPENAI_COMPATIBLE_VENDORS, vendorName)) {
    reading.warnings.push(`${path}.model: the provider ${vendorName} is not supported yet; ${LEFT_OUT}`);
    return null;
  }
  const baseUrl = readBaseUrl(reading, path, params, [vendorName, vendor]);
  if (baseUrl === null) return null;
  const key = readKey(reading, path, params, vendor, baseUrl);
  const organisation =
    params.organization == null ? null : resolveText(reading, `${path}.organization`, params.organization).value;
  const timeouts = readTimeouts(params);
  return {
    // A key that comes from a variable is named by it, so that a new key in the same variable is the same provider.
    id: stableId('prv', [vendorName, baseUrl, key.reference ?? key.value, organisation, timeouts]),
    vendor: vendorName,
    kind: 'openai',
    baseUrl,
    apiKey: key.value,
    keyReference: key.reference,
    organisation,
    timeouts,
  };
}

function readBaseUrl(
  reading: Reading,
  path: string,
  params: ModelParams,
  [vendorName, vendor]: [string, Vendor],
): string | null {
  const key = params.api_base == null ? 'base_url' : 'api_base';
  const written = params[key];
  if (written == null) {
    if (vendor.baseUrl) return vendor.baseUrl;
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
  const usable =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (!usable) {
    reading.problems.push(`${path}.${key}: must be an http or https URL without user, password, query and fragment`);
    return null;
  }
  const trimmed = url.href.replace(/\/+$/, '');
  return url.pathname === '/' && vendor.appendsPath ? trimmed + vendor.appendsPath : trimmed;
}

function readKey(
  reading: Reading,
  path: string,
  params: ModelParams,
  vendor: Vendor,
  baseUrl: string,
): ResolvedText {
  if (params.api_key != null) return resolveText(reading, `${path}.api_key`, params.api_key);
  // The vendor's key goes to the vendor only, never to whatever host an entry names.
  if (!vendor.keyVariable || baseUrl !== vendor.baseUrl) return { value: null, reference: null };
  return resolveText(reading, `${path}.api_key`, referenceTo(vendor.keyVariable));
}

/**
 * `timeout` bounds the whole call, as in LiteLLM, so nothing of it may be cut sooner by our own default for the first
 * byte. `stream_timeout` there is the longest silence between two reads.
 */
function readTimeouts({ timeout, stream_timeout: silence }: ModelParams): ConfigTimeouts {
  const timeouts: ConfigTimeouts = {};
  if (timeout != null) timeouts.totalMs = timeouts.firstByteMs = Math.round(timeout * 1_000);
  if (silence != null) timeouts.idleMs = Math.min(3_600_000, Math.round(silence * 1_000));
  if (timeouts.firstByteMs !== undefined) timeouts.firstByteMs = Math.min(3_600_000, timeouts.firstByteMs);
  return timeouts;
}
