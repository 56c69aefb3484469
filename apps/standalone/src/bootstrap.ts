import type { Bus } from '@ao/bus';
import { bootstrapV1 } from '@ao/contracts';
import { StartupError, sleep, toAppError } from '@ao/kernel';

const ATTEMPTS_MAX = 60;
const RETRY_DELAY_MS = 500;

/**
 * Has identity make the first organisation; waits for the services it needs.
 * @returns the first key, if this call made it.
 */
export async function bootstrap(bus: Bus): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await bus.request(bootstrapV1, {})).secret;
    } catch (error) {
      const known = toAppError(error);
      if (attempt === ATTEMPTS_MAX || !known.retryable) {
        throw new StartupError(`the first organisation could not be made: ${known.message}`, { cause: error });
      }
      await sleep(RETRY_DELAY_MS);
    }
  }
}
