import { useRequests } from '../../api/queries.js';
import { toHref, type Route } from '../../routing/route.js';
import { strings } from '../../strings.js';
import { Card } from '../../ui/card.js';
import { Empty, QueryView } from '../../ui/states.js';
import { RequestsTable } from '../requests/requests-table.js';
import { SpendCard } from './spend-card.js';
import { WalletCard } from './wallet-card.js';

const LATEST = 8;

export function OverviewPage({ route }: { route: Route }) {
  return (
    <>
      <WalletCard />
      <SpendCard route={route} />
      <LatestRequests />
    </>
  );
}

function LatestRequests() {
  const requests = useRequests({ limit: LATEST }, { live: true });
  return (
    <Card title={strings.requests.latest} aside={<a href={toHref({ page: 'requests' })}>{strings.requests.all}</a>}>
      <QueryView query={requests} lines={LATEST}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={strings.requests.emptyTitle}>
              <p>{strings.requests.emptyText}</p>
              <a className="button" href={toHref({ page: 'connect' })}>
                {strings.requests.howToCall}
              </a>
            </Empty>
          ) : (
            <RequestsTable rows={data} />
          )
        }
      </QueryView>
    </Card>
  );
}
