import { vendorOfBaseUrl } from '@ao/config';

/**
 * Whose prices hold for a provider: an explicit kind says it, else the host does; an OpenAI-compatible endpoint that
 * nobody knows is priced like OpenAI, so that its calls are never free by accident.
 */
export function vendorOf(kind: string, baseUrl: string): string {
  return kind === 'openai' ? (vendorOfBaseUrl(baseUrl) ?? kind) : kind;
}
