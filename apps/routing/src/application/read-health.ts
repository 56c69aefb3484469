import type { Health } from '../domain/health.js';
import type { Provider } from '../domain/provider.js';
import type { FindingRepository } from './ports.js';

/** What the last checks of providers found; whoever asks has been let see the providers already. */
export class ReadHealth {
  constructor(private readonly findings: FindingRepository) {}

  /** By provider id; those that were never checked are absent. */
  of(providers: readonly Provider[]): Promise<Map<string, Health>> {
    return this.findings.healthOf(providers.map(({ id }) => id));
  }
}
