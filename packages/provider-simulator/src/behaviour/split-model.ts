export interface SplitModel {
  /** The name without its directives, as the answer repeats it. */
  readonly model: string;
  readonly directives: string | undefined;
}

/**
 * Takes a model name apart: `demo-chat?latency_ms=200` asks for `demo-chat` with one directive. `#` works like `?`, for
 * the protocols that carry the model in the URL.
 */
export function splitModel(name: string): SplitModel {
  const separator = name.search(/[?#]/);
  if (separator < 0) return { model: name, directives: undefined };
  return { model: name.slice(0, separator), directives: name.slice(separator + 1) };
}
