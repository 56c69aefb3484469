import { watchModelConfig, type ConfigDeployment, type ModelConfig, type ModelConfigWatch } from '@ao/config';
import type { Clock, Logger } from '@ao/kernel';
import type { CatalogueSource } from '../../application/ports.js';
import type { ProviderKeys } from '../../application/provider-keys.js';
import { EMPTY_CATALOGUE, joinCatalogues, type Catalogue } from '../../application/catalogue.js';
import { referencedFile } from '../../domain/key-reference.js';
import { CONNECTIONS_MAX_DEFAULT, modelSet } from '../../domain/provider.js';

export interface ConfigCatalogueOptions {
  /** The AO_CONFIG file; absent: the operator names no models. */
  path: string | undefined;
  environment: NodeJS.ProcessEnv;
  /** What is there whatever the file says. */
  builtIn: Catalogue;
  keys: ProviderKeys;
  clock: Clock;
  logger: Logger;
}

/**
 * The operator's models: the built-in ones and those of AO_CONFIG. The file is followed from the construction on, so that
 * no change falls between the first reading and the start.
 */
export class ConfigCatalogue implements CatalogueSource {
  current: Catalogue;
  private readonly watch: ModelConfigWatch | undefined;
  private onChange: () => void = () => undefined;

  /** @throws StartupError when the file is missing or bad. */
  constructor(private readonly options: ConfigCatalogueOptions) {
    const { path, environment, logger, builtIn } = options;
    if (path !== undefined) {
      this.watch = watchModelConfig(path, (config) => this.replace(config), { environment, logger });
    }
    this.current = joinCatalogues(this.watch ? this.toCatalogue(this.watch.current) : EMPTY_CATALOGUE, builtIn);
  }

  /** There is one listener; it hears of each later change. */
  listen(listener: () => void): void {
    this.onChange = listener;
  }

  stop(): void {
    this.watch?.stop();
  }

  private replace(config: ModelConfig): void {
    this.current = joinCatalogues(this.toCatalogue(config), this.options.builtIn);
    this.onChange();
  }

  private toCatalogue({ providers, deployments, aliases, router }: ModelConfig): Catalogue {
    const createdAtMs = this.options.clock.nowMs();
    return {
      providers: providers.map(({ apiKey, keyReference, vendor, ...provider }) => ({
        ...provider,
        orgId: null,
        vendor,
        vendorGiven: null,
        key: this.options.keys.takeFromFile(apiKey, keyReference ?? fileReference(apiKey)),
        timeouts: {},
        connectionsMax: CONNECTIONS_MAX_DEFAULT,
        tags: [],
        models: modelsOf(provider.id, deployments),
        source: 'config',
        createdAtMs,
      })),
      deployments: deployments.map((deployment) => ({ ...deployment, orgId: null, enabled: true, source: 'config' })),
      aliases: aliases.map((alias) => ({ ...alias, orgId: null })),
      settings: router,
    };
  }
}

function modelsOf(providerId: string, deployments: ConfigDeployment[]): string[] {
  const own = deployments.filter((deployment) => deployment.providerId === providerId);
  return modelSet(own.map(({ model }) => model));
}

/** `api_key: file:/path` is read again and again, so that the file may change. */
const fileReference = (apiKey: string | null): string | null =>
  apiKey !== null && referencedFile(apiKey) !== null ? apiKey : null;
