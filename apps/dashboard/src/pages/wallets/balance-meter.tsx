import type { WalletBalance } from '../../api/types.js';
import { showPercent } from '../../format/number.js';
import { strings } from '../../strings.js';
import { Meter } from '../../ui/meter.js';
import { stateOf } from './balance-state.js';

/** The bar of a wallet; nothing where there is no limit to measure against. */
export function BalanceMeter({ balance }: { balance: WalletBalance }) {
  if (balance.used_percent === null) return null;
  const { tone, spentShare, heldShare } = stateOf(balance);
  const label = strings.wallet.meter(showPercent(balance.used_percent));
  return <Meter spent={spentShare} held={heldShare} tone={tone} label={label} />;
}
