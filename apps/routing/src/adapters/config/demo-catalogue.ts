import { EMPTY_CATALOGUE, type Catalogue } from '../../application/catalogue.js';
import { listedDeployment, type Deployment } from '../../domain/deployment.js';
import { CONNECTIONS_MAX_DEFAULT, type Provider } from '../../domain/provider.js';

const DEMO_MODELS = ['demo-chat', 'demo-embedding'];

/** The demo provider for a first answer without any key; nothing when its address is not set. */
export function demoCatalogue(url: string | undefined, createdAtMs: number): Catalogue {
  if (url === undefined) return EMPTY_CATALOGUE;
  const trimmed = url.replace(/\/+$/, '');
  const provider: Provider = {
    id: 'prv_demo',
    orgId: null,
    name: 'demo',
    kind: 'openai',
    vendor: 'demo',
    vendorGiven: null,
    baseUrl: new URL(trimmed).pathname === '/' ? `${trimmed}/v1` : trimmed,
    key: { sealed: null, masked: null, reference: null },
    organisation: null,
    timeouts: {},
    connectionsMax: CONNECTIONS_MAX_DEFAULT,
    region: null,
    tags: [],
    models: DEMO_MODELS,
    source: 'demo',
    createdAtMs,
  };
  const deployments: Deployment[] = DEMO_MODELS.map((model) =>
    listedDeployment(provider, `dep_${model.replaceAll('-', '_')}`, model),
  );
  return { providers: [provider], deployments, aliases: [], settings: {} };
}
