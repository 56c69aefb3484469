import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@ao/testing';

/** A model of an AO_CONFIG file, with prices in dollars per token. */
export interface FileModel {
  name: string;
  /** As AO_CONFIG names providers' kinds; `openai` unless told. */
  provider?: string;
  /** What the provider calls it; the name itself unless told. */
  model?: string;
  baseUrl: string;
  apiKey?: string;
  /** Of AWS. */
  region?: string;
  inputCost?: number;
  cachedInputCost?: number;
  outputCost?: number;
  /** Seconds. */
  timeout?: number;
  streamTimeout?: number;
  stallTimeout?: number;
  /** The lowest is asked first. */
  order?: number;
}

export type FileAliases = Record<string, string | { model: string; hidden: boolean }>;

/** What a provider does, the caller sees: for tests of single attempts. */
export const ONE_ATTEMPT = { num_retries: 0, disable_cooldowns: true } as const;

/** An AO_CONFIG file on disk that a test can change while the platform runs. */
export class ModelFile {
  private constructor(
    private readonly folder: TemporaryFolder,
    /** Beside the aliases, LiteLLM's `router_settings`. */
    private readonly router: object,
  ) {}

  static async create(models: FileModel[], aliases: FileAliases = {}, router: object = {}): Promise<ModelFile> {
    const file = new ModelFile(await temporaryFolder('models'), router);
    await file.write(models, aliases);
    return file;
  }

  get path(): string {
    return join(this.folder.path, 'models.yaml');
  }

  /** @param more Sections of the file beside these. */
  async write(models: FileModel[], aliases: FileAliases = {}, more: object = {}): Promise<void> {
    const router = { ...this.router, model_group_alias: aliases };
    const content = { model_list: models.map(toEntry), router_settings: router, ...more };
    // JSON is YAML.
    await writeFile(this.path, JSON.stringify(content));
  }

  remove(): Promise<void> {
    return this.folder.remove();
  }
}

function toEntry({
  name,
  provider = 'openai',
  model = name,
  baseUrl,
  apiKey = 'sk-provider-key',
  region,
  timeout,
  streamTimeout,
  stallTimeout,
  order,
  ...costs
}: FileModel): object {
  return {
    model_name: name,
    litellm_params: {
      model: `${provider}/${model}`,
      api_base: baseUrl,
      api_key: apiKey,
      ...(region !== undefined && { aws_region_name: region }),
      ...(timeout !== undefined && { timeout }),
      ...(streamTimeout !== undefined && { stream_timeout: streamTimeout }),
      ...(stallTimeout !== undefined && { stall_timeout: stallTimeout }),
      ...(order !== undefined && { order }),
    },
    model_info: {
      ...(costs.inputCost !== undefined && { input_cost_per_token: costs.inputCost }),
      ...(costs.cachedInputCost !== undefined && { cache_read_input_token_cost: costs.cachedInputCost }),
      ...(costs.outputCost !== undefined && { output_cost_per_token: costs.outputCost }),
    },
  };
}
