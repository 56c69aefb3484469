import type { Course } from './course/course.js';
import type { Route } from './route.js';

/** Names are free text; a header that cannot be sent would fail the answer after it was paid for. */
export const headerText = (text: string): string =>
  text.toWellFormed().replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));

interface Times {
  /** Before the provider was called. */
  overheadMs: number;
  /** Until the answer begins. */
  durationMs: number;
}

/** Who really served, and after how many attempts, under our names and under those that LiteLLM's clients read. */
export function answerHeaders(
  route: Route,
  course: Course | null,
  { overheadMs, durationMs }: Times,
): Record<string, string> {
  const overhead = overheadMs.toFixed(2);
  const headers: Record<string, string> = {
    'x-backend-mode': 'openai-passthrough',
    'x-ao-provider': headerText(route.provider.name),
    'x-ao-model': headerText(route.model),
    'x-ao-cache': 'none',
    'x-ao-overhead-ms': overhead,
    'x-litellm-overhead-duration-ms': overhead,
    'x-litellm-response-duration-ms': durationMs.toFixed(2),
  };
  if (route.deploymentId !== null) headers['x-litellm-model-id'] = route.deploymentId;
  if (route.modelGroup !== null) headers['x-litellm-model-group'] = headerText(route.modelGroup);
  if (course) {
    headers['x-litellm-attempted-retries'] = String(course.retries);
    headers['x-litellm-attempted-fallbacks'] = String(course.fallbacks);
  }
  return headers;
}
