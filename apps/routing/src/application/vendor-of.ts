import { KIND_SETTINGS, vendorOfBaseUrl } from '@ao/providers/kinds';

/**
 * Whose prices hold for a provider: an explicit kind says it, else the host does; an OpenAI-compatible endpoint that
 * nobody knows is priced like OpenAI, so that its calls are never free by accident.
 */
export function vendorOf(kind: string, baseUrl: string): string {
  const vendor = KIND_SETTINGS.get(kind)?.vendor ?? kind;
  return kind === 'openai' ? (vendorOfBaseUrl(baseUrl) ?? vendor) : vendor;
}
