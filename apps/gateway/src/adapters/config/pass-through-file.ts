import { watchModelConfig, type ConfigPassThrough, type ModelConfigWatch } from '@ao/config';
import type { Logger } from '@ao/kernel';

/** The operator's own routes in the file that AO_CONFIG names; none when it names none. */
export class PassThroughFile {
  private watch: ModelConfigWatch | undefined;

  constructor(
    private readonly path: string | undefined,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly logger: Logger,
    private readonly onRoutes: (routes: readonly ConfigPassThrough[]) => void,
  ) {}

  /** @throws StartupError when the file is missing or bad. */
  start(): void {
    if (this.path === undefined) return;
    const options = { environment: this.environment, logger: quiet(this.logger) };
    this.watch = watchModelConfig(this.path, ({ passThroughs }) => this.onRoutes(passThroughs), options);
    this.onRoutes(this.watch.current.passThroughs);
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
