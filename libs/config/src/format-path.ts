import type { z } from 'zod';

/** `['model_list', 0, 'rpm']` → `model_list[0].rpm`; the empty path is the empty text. */
export function formatPath(path: z.core.$ZodIssue['path']): string {
  const joined = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return joined.replace(/^\./, '');
}
