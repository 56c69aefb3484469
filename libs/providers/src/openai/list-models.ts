import type { ListedModel } from '../connector.js';
import { UpstreamFailure } from '../transport/upstream-failure.js';

/** A list of models is a few hundred kilobytes at most. */
export const MODELS_BYTES_MAX = 8_388_608;
const MODELS_MAX = 10_000;
const NAME_CHARACTERS_MAX = 256;

/** Reads the answer of `GET /models`. Throws UpstreamFailure `protocol` when it is no model list. */
export function readModels(body: Buffer): ListedModel[] {
  const data = (parse(body) as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw new UpstreamFailure('protocol', { internal: 'no model list' });
  return data.slice(0, MODELS_MAX).flatMap(toModel);
}

function toModel(entry: { id?: unknown; owned_by?: unknown } | null): ListedModel[] {
  const id = entry?.id;
  if (typeof id !== 'string' || id === '' || id.length > NAME_CHARACTERS_MAX) return [];
  return [{ id, ownedBy: typeof entry?.owned_by === 'string' ? entry.owned_by : null }];
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
