import type { WalletBalance } from '../../api/types.js';
import { showPercent } from '../../format/number.js';
import { strings } from '../../strings.js';
import { Meter } from '../../ui/meter.js';
import { stateOf } from './balance-state.js';

/** The bar of a wallet; nothing where there is no limit to measure against. */
export function BalanceMeter({ balance }: { balance: WalletBalance }) {
  const { kind, tone, spentShare, heldShare } = stateOf(balance);
  if (kind === 'unlimited') return null;
  const label = strings.wallet.meter(showPercent(balance.used_percent ?? 0));
  return <Meter spent={spentShare} held={heldShare} tone={tone} label={label} />;
}
