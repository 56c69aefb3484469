import { watchModelConfig, type ModelConfig, type ModelConfigWatch } from '@ao/config';
import type { Logger } from '@ao/kernel';

/** The file that AO_CONFIG names, and each change of it; nothing when it names none. */
export class ConfigFile {
  private watch: ModelConfigWatch | undefined;

  constructor(
    private readonly path: string | undefined,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly logger: Logger,
    private readonly onConfig: (config: ModelConfig) => void,
  ) {}

  /** @throws StartupError when the file is missing or bad. */
  start(): void {
    if (this.path === undefined) return;
    const options = { environment: this.environment, logger: quiet(this.logger) };
    this.watch = watchModelConfig(this.path, this.onConfig, options);
    this.onConfig(this.watch.current);
  }

  stop(): void {
    this.watch?.stop();
  }
}

/** Routing reads the same file and warns of it; saying it twice would only confuse. */
const quiet = (logger: Logger): Logger => ({
  debug: (fields, message) => logger.debug(fields, message),
  info: (fields, message) => logger.debug(fields, message),
  warn: (fields, message) => logger.debug(fields, message),
  error: (fields, message) => logger.error(fields, message),
});
