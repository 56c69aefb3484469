import { ApiError } from '../../api/api-error.js';
import { useBalance } from '../../api/queries.js';
import type { WalletBalance } from '../../api/types.js';
import { showPercent } from '../../format/number.js';
import { showDistance, showMoment } from '../../format/time.js';
import { strings } from '../../strings.js';
import { Card, Fact, Facts } from '../../ui/card.js';
import { Empty, QueryView } from '../../ui/states.js';
import { Usd } from '../../ui/text.js';
import { BalanceMeter } from '../wallets/balance-meter.js';
import { stateOf } from '../wallets/balance-state.js';

/** What the signed-in key can still spend. */
export function WalletCard() {
  const balance = useBalance(null);
  if (balance.error instanceof ApiError && balance.error.code === 'not_found')
    return (
      <Card title={strings.wallet.title}>
        <Empty title={strings.wallet.noneTitle}>
          <p>{strings.wallet.noneText}</p>
        </Empty>
      </Card>
    );
  return (
    <Card title={balance.data?.name ?? strings.wallet.title} aside={<PeriodNote balance={balance.data} />}>
      <QueryView query={balance} lines={4}>
        {(data) => <Balance balance={data} />}
      </QueryView>
    </Card>
  );
}

function PeriodNote({ balance }: { balance: WalletBalance | undefined }) {
  return balance ? <span className="note">{strings.wallet.period[balance.period]}</span> : null;
}

const limitless = ({ available_usd }: WalletBalance): string =>
  available_usd === null ? strings.common.unlimited : strings.wallet.prepaid;

function Balance({ balance }: { balance: WalletBalance }) {
  const { tone } = stateOf(balance);
  return (
    <>
      <p className={`hero hero-${tone}`}>
        <span className="hero-name">{strings.wallet.available}</span>
        <span className="hero-figure">
          {balance.available_usd === null ? strings.common.unlimited : <Usd amount={balance.available_usd} />}
        </span>
      </p>
      <BalanceMeter balance={balance} />
      <BalanceNote balance={balance} />
      <Facts>
        <Fact name={strings.wallet.limit}>
          {balance.limit_usd === null ? limitless(balance) : <Usd amount={balance.limit_usd} />}
        </Fact>
        <Fact name={strings.wallet.spent}>
          <span className={`key-spent key-${tone}`} />
          <Usd amount={balance.spent_usd} />
        </Fact>
        <Fact name={strings.wallet.held} hint={strings.wallet.heldHint}>
          <span className="key-held" />
          <Usd amount={balance.held_usd} />
        </Fact>
        {balance.used_percent !== null && (
          <Fact name={strings.wallet.used}>
            <span className="figure">{showPercent(balance.used_percent)}</span>
          </Fact>
        )}
        {balance.overdraft_used_usd !== '0' && (
          <Fact name={strings.wallet.overdraft}>
            <Usd amount={balance.overdraft_used_usd} />
          </Fact>
        )}
        <Fact name={strings.wallet.resets}>
          {balance.resets_at === null ? (
            strings.wallet.never
          ) : (
            <time dateTime={balance.resets_at} title={balance.resets_at}>
              {showMoment(balance.resets_at)}{' '}
              <small className="note">{showDistance(balance.resets_at, Date.now())}</small>
            </time>
          )}
        </Fact>
      </Facts>
    </>
  );
}

function BalanceNote({ balance }: { balance: WalletBalance }) {
  const { kind } = stateOf(balance);
  if (kind === 'fine') return null;
  if (kind === 'unlimited') return <p className="note">{strings.wallet.noLimit}</p>;
  return (
    <p className={`notice ${kind === 'exhausted' ? 'notice-bad' : 'notice-warn'}`} role="status">
      {kind === 'exhausted' ? strings.wallet.exhausted : strings.wallet.warning(showPercent(balance.used_percent ?? 0))}
    </p>
  );
}
