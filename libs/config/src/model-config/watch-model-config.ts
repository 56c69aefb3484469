import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Logger } from '@ao/kernel';
import type { Environment } from './environment-reference.js';
import { readModelConfigFile } from './read-model-config-file.js';
import type { ModelConfig } from './model-config.js';
import { parseModelConfig } from './parse-model-config.js';

export interface WatchOptions {
  environment: Environment;
  logger: Logger;
  /** How long to wait for the end of a burst of changes; default 100. */
  debounceMs?: number;
  /** How often to look even when the system reports nothing; default 2000. */
  pollIntervalMs?: number;
}

export interface ModelConfigWatch {
  /** The last good configuration. */
  readonly current: ModelConfig;
  stop(): void;
}

/**
 * Reads an AO_CONFIG file and follows it: `onChange` hears of each later configuration that is good. A bad one is
 * logged once and changes nothing.
 * @throws StartupError when the file is missing or bad at the start.
 */
export function watchModelConfig(
  path: string,
  onChange: (config: ModelConfig) => void,
  options: WatchOptions,
): ModelConfigWatch {
  const watcher = new Watcher(path, onChange, options);
  watcher.start();
  return watcher;
}

class Watcher implements ModelConfigWatch {
  current: ModelConfig;
  /** The latest text that was taken, good or bad. */
  private text: string;
  private candidate: string;
  private failure: string | null = null;
  private notifications: FSWatcher | undefined;
  private debounce: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;

  constructor(
    private readonly path: string,
    private readonly onChange: (config: ModelConfig) => void,
    private readonly options: WatchOptions,
  ) {
    this.text = this.candidate = readModelConfigFile(path);
    this.current = this.parse(this.text);
  }

  start(): void {
    // Network folders and bind mounts report nothing, and a system may be out of watches: looking always works.
    this.poll = setInterval(() => this.look(), this.options.pollIntervalMs ?? 2_000).unref();
    try {
      // The folder, not the file: editors and Kubernetes put a new file in its place.
      this.notifications = watch(dirname(this.path), { persistent: false }, () => this.lookSoon());
      this.notifications.on('error', (error) => this.reportBlind(error));
    } catch (error) {
      this.reportBlind(error);
    }
  }

  stop(): void {
    clearTimeout(this.debounce);
    clearInterval(this.poll);
    this.notifications?.close();
  }

  private lookSoon(): void {
    clearTimeout(this.debounce);
    this.debounce = setTimeout(() => this.look(), this.options.debounceMs ?? 100).unref();
  }

  private look(): void {
    try {
      const text = readModelConfigFile(this.path);
      // An editor may be half way through: only what is the same at a second look is taken.
      const settled = text === this.candidate;
      this.candidate = text;
      if (text === this.text) this.failure = null;
      else if (settled) this.take(text);
      else this.lookSoon();
    } catch (error) {
      this.reportFailure(error);
    }
  }

  private take(text: string): void {
    this.text = text;
    this.current = this.parse(text);
    this.failure = null;
    this.options.logger.info({ file: basename(this.path), ...sizeOf(this.current) }, 'AO_CONFIG changed');
    this.onChange(this.current);
  }

  private parse(text: string): ModelConfig {
    const config = parseModelConfig(text, this.options.environment);
    for (const warning of config.warnings) this.options.logger.warn({ warning }, 'AO_CONFIG');
    return config;
  }

  private reportFailure(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.failure) return;
    this.failure = message;
    this.options.logger.error({ error: message }, 'AO_CONFIG was not taken; the last good one stays');
  }

  private reportBlind(error: unknown): void {
    this.options.logger.warn({ err: error }, 'no file notifications; AO_CONFIG is looked at on a timer');
  }
}

const sizeOf = (config: ModelConfig): object => ({
  providers: config.providers.length,
  deployments: config.deployments.length,
  aliases: config.aliases.length,
});
