import type { Route } from './route.js';

/** Who really served, under our names and under those that LiteLLM's clients read. */
export function answerHeaders(route: Route, overheadMs: number): Record<string, string> {
  const overhead = overheadMs.toFixed(2);
  const headers: Record<string, string> = {
    'x-backend-mode': 'openai-passthrough',
    'x-ao-provider': route.provider.name,
    'x-ao-model': route.model,
    'x-ao-cache': 'none',
    'x-ao-overhead-ms': overhead,
    'x-litellm-overhead-duration-ms': overhead,
  };
  if (route.deploymentId !== null) headers['x-litellm-model-id'] = route.deploymentId;
  if (route.modelGroup !== null) headers['x-litellm-model-group'] = route.modelGroup;
  return headers;
}
