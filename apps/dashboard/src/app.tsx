import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { ApiContext } from './api/api-context.js';
import { ApiClient } from './api/client.js';
import { makeQueryClient } from './api/query-client.js';
import { Layout } from './layout.js';
import { ConnectPage } from './pages/connect/connect-page.js';
import { KeysPage } from './pages/keys/keys-page.js';
import { ModelsPage } from './pages/models/models-page.js';
import { OverviewPage } from './pages/overview/overview-page.js';
import { RequestPage } from './pages/requests/request-page.js';
import { RequestsPage } from './pages/requests/requests-page.js';
import { SignInPage } from './pages/sign-in/sign-in-page.js';
import { TransfersPage } from './pages/transfers/transfers-page.js';
import { WalletsPage } from './pages/wallets/wallets-page.js';
import type { Route } from './routing/route.js';
import { useRoute } from './routing/use-route.js';
import { useSession, useSessionStore } from './session/session-context.js';
import type { Session } from './session/session.js';
import { ErrorBoundary } from './ui/error-boundary.js';

/** Signed out: the door. Signed in: the pages, with everything they need of this session. */
export function App() {
  const session = useSession();
  return session ? <SignedIn session={session} /> : <SignInPage />;
}

function SignedIn({ session }: { session: Session }) {
  const store = useSessionStore();
  const route = useRoute();
  const api = useMemo(() => new ApiClient(session.key), [session]);
  const queries = useMemo(() => makeQueryClient(() => store.signOut(true)), [store]);
  // Nothing that one key may see is left in memory for the next.
  useEffect(() => () => queries.clear(), [queries]);
  return (
    <ApiContext value={api}>
      <QueryClientProvider client={queries}>
        <Layout route={route}>
          <ErrorBoundary key={route.page}>
            <Page route={route} />
          </ErrorBoundary>
        </Layout>
      </QueryClientProvider>
    </ApiContext>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'overview':
      return <OverviewPage route={route} />;
    case 'requests':
      return <Requests route={route} />;
    case 'keys':
      return <KeysPage />;
    case 'wallets':
      return <WalletsPage />;
    case 'transfers':
      return <TransfersPage />;
    case 'models':
      return <ModelsPage />;
    case 'connect':
      return <ConnectPage />;
  }
}

/** The list stays where it was, page and all, while the details of one call are read. */
function Requests({ route }: { route: Route }) {
  return (
    <>
      <div className="page" hidden={route.id !== null}>
        <RequestsPage route={route} />
      </div>
      {route.id !== null && <RequestPage key={route.id} id={route.id} query={route.query} />}
    </>
  );
}
