import type { EncodedEvent } from '@ao/bus';
import type { RouterSettings } from '@ao/contracts';

/** What organisations have of router settings of their own. */
export interface SettingsRepository {
  find(orgId: string): Promise<RouterSettings>;
  /** Changes them alone: nobody else's change falls between reading and writing. Gives what is stored now. */
  change(
    orgId: string,
    decide: (before: RouterSettings) => { after: RouterSettings; events: EncodedEvent[] },
  ): Promise<RouterSettings>;
}
