import type { Principal } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { DirectOpenAi } from '../calls/choose-route.js';
import type { RoutingTable, ServingProvider } from '@ao/router';
import type { NativeOperation, NativeService } from './native-services.js';

export interface ProviderChoice {
  table: RoutingTable;
  direct: DirectOpenAi;
  /** Where several organisations share an account, all may see what is stored in it. */
  sharedAccountsOpen: boolean;
}

/**
 * The provider behind a native route: the one that the caller names, else the first that serves its organisation.
 * @throws AppError `not_found`, `no_deployment_available`, `permission_denied`.
 */
export function chooseProvider(
  service: NativeService,
  operation: NativeOperation,
  { principal, named }: { principal: Principal; named: string | undefined },
  { table, direct, sharedAccountsOpen }: ProviderChoice,
): ServingProvider['provider'] {
  const serving = table.providersOf(service.kinds, principal.orgId);
  if (service.kinds.has(direct.provider.kind) && direct.enabled && direct.provider.apiKey !== null) {
    serving.push({ provider: direct.provider, isShared: true });
  }
  if (serving.length === 0) {
    throw new AppError(
      'no_deployment_available',
      `No provider of the kind ${[...service.kinds][0]} is configured for you: add a deployment of one to use ` +
        `/${service.name}/.`,
    );
  }
  const found = named === undefined ? serving[0] : serving.find(({ provider }) => provider.name === named);
  if (!found) {
    throw new AppError('not_found', `No provider behind /${service.name}/ has the name in x-ao-provider.`, {
      param: 'x-ao-provider',
    });
  }
  if (operation.kind === 'stored' && found.isShared && !sharedAccountsOpen) throw sharedAccount();
  return found.provider;
}

const sharedAccount = (): AppError =>
  new AppError(
    'permission_denied',
    'What is stored in this account at the provider may belong to other organisations. Use a provider whose ' +
      'deployments are your organisation’s alone, or set NATIVE_SHARED_ACCOUNTS=true.',
  );
