import type { Bus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import { createWalletV1, getWalletV1 } from '@ao/contracts';
import { AppError, UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import type { HostContext } from '@ao/runtime';

export const pepper = Buffer.alloc(32, 7);

/** What a test gives to the service in place of a process. */
export const hostOn = (bus: Bus, databaseUrl: string, environment: NodeJS.ProcessEnv = {}): HostContext => ({
  bus,
  logger: silentLogger,
  clock: systemClock,
  ids: new UuidV7Generator(),
  secretBox: new SecretBox(Buffer.alloc(32, 1)),
  keyPepper: pepper,
  dataDirectory: '.',
  environment,
  databaseUrl,
  openWarehouse: () => Promise.reject(new Error('identity needs no warehouse')),
});

const wallet = (orgId: string, id: string): typeof getWalletV1.example.response.wallet => ({
  ...getWalletV1.example.response.wallet,
  id,
  orgId,
});

/** The wallet service's side of the bus, by its contract: each organisation has one wallet, `wal_<organisation>`. */
export async function answerWallets(bus: Bus): Promise<void> {
  await bus.respond(createWalletV1, ({ actor }) =>
    createWalletV1.response.decode({ wallet: wallet(actor.orgId, `wal_${actor.orgId}`) }),
  );
  await bus.respond(getWalletV1, ({ actor, walletId }) => {
    if (walletId !== `wal_${actor.orgId}`)
      throw new AppError('not_found', 'There is no such wallet.', { param: 'wallet_id' });
    return getWalletV1.response.decode({ wallet: wallet(actor.orgId, walletId) });
  });
}
