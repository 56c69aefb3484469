export type Fields = Readonly<Record<string, unknown>>;

/** A JSON object, neither null nor an array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of an array; nothing where there is no array. */
export function listOfFields(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The arguments of a tool call as a value: `{}` when a test set arguments that are no JSON object. */
export function parseArguments(text: string): Fields {
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
