import { OutboundGuard } from '@ao/outbound';
import type { ProviderReach } from '../provider-target.js';

const GUARDS: Readonly<Record<ProviderReach, OutboundGuard | null>> = {
  any: null,
  private: new OutboundGuard({ allowPrivate: true }),
  public: new OutboundGuard({ allowPrivate: false }),
};

/** What judges every address that a provider's host name turns out to have; null: whatever the operator says. */
export const guardOf = (reach: ProviderReach): OutboundGuard | null => GUARDS[reach];
