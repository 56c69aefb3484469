import type { ErrorBody } from '@ao/kernel';

/** Our error as Ollama's clients know errors: a sentence. */
export const encodeError = (_status: number, { error }: ErrorBody): string => JSON.stringify({ error: error.message });
