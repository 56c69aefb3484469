import type { Deployment, RoutedProvider } from '@ao/contracts';

/** A provider with its key opened, as connectors take it. */
export type Provider = Omit<RoutedProvider, 'sealedKey' | 'healthy'> & { apiKey: string | null };

export interface Candidate {
  deployment: Deployment;
  provider: Provider;
  /** Whether the provider answers its health checks. */
  healthy: boolean;
}
