import type { ListedModel } from './connector.js';
import { UpstreamFailure } from './transport/upstream-failure.js';

/** A list of models is a few hundred kilobytes at most. */
export const MODELS_BYTES_MAX = 8_388_608;
const MODELS_MAX = 10_000;
const NAME_CHARACTERS_MAX = 256;

/** How an entry of a list is read: its name and owner as they came. */
type ReadEntry = (entry: Record<string, unknown>) => { id: unknown; ownedBy?: unknown };

/** A reader of lists that lie under a name of the answer; entries that are no models are left out. */
export function modelsUnder(name: string, readEntry: ReadEntry): (answer: unknown) => ListedModel[] | null {
  return (answer) => {
    const list: unknown = (answer as Record<string, unknown> | null)?.[name];
    return Array.isArray(list) ? toModels(list, readEntry) : null;
  };
}

/** OpenAI's `{data: [{id, owned_by}]}`, and the bare list that some give instead. */
export function openAiModels(answer: unknown): ListedModel[] | null {
  const list: unknown = Array.isArray(answer) ? answer : (answer as { data?: unknown } | null)?.data;
  return Array.isArray(list) ? toModels(list, ({ id, owned_by: ownedBy }) => ({ id, ownedBy })) : null;
}

/** Throws UpstreamFailure `protocol` when a body is no model list. */
export function readModels(
  body: Buffer,
  read: (answer: unknown) => readonly ListedModel[] | null,
): readonly ListedModel[] {
  const models = read(parse(body));
  if (models === null) throw new UpstreamFailure('protocol', { internal: 'no model list' });
  return models;
}

function toModels(list: readonly unknown[], readEntry: ReadEntry): ListedModel[] {
  return list.slice(0, MODELS_MAX).flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { id, ownedBy } = readEntry(entry as Record<string, unknown>);
    if (typeof id !== 'string' || id === '' || id.length > NAME_CHARACTERS_MAX) return [];
    return [{ id, ownedBy: typeof ownedBy === 'string' ? ownedBy : null }];
  });
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
