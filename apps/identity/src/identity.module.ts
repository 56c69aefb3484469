import { randomBytes } from 'node:crypto';
import type { ServiceContext, ServiceParts } from '@ao/runtime';
import { Module } from '@nestjs/common';
import { KeysRpc } from './adapters/bus/keys.rpc.js';
import { BusLimitSnapshots } from './adapters/bus/limit.snapshots.js';
import { LimitsRpc } from './adapters/bus/limits.rpc.js';
import { OrganisationsRpc } from './adapters/bus/organisations.rpc.js';
import { WalletsClient } from './adapters/bus/wallets.client.js';
import { BootstrapJob } from './adapters/jobs/bootstrap.job.js';
import { LimitFeedJob } from './adapters/jobs/limit-feed.job.js';
import { PostgresKeyRepository } from './adapters/postgres/key.repository.js';
import { PostgresLimitRepository } from './adapters/postgres/limit.repository.js';
import { PostgresOrganisationRepository } from './adapters/postgres/organisation.repository.js';
import { IdentityStore } from './adapters/postgres/store.js';
import { AuthenticateKey } from './application/authenticate-key.js';
import { CreateKey } from './application/create-key.js';
import { CreateTeam } from './application/create-team.js';
import { FoundOrganisation } from './application/found-organisation.js';
import { KeyFactory } from './application/key-factory.js';
import { KEY_REPOSITORY, LIMIT_REPOSITORY, ORGANISATION_REPOSITORY } from './application/ports.js';
import { PublishLimits } from './application/publish-limits.js';
import { RevokeKey } from './application/revoke-key.js';
import { SetLimits } from './application/set-limits.js';
import { ADMIN_KEY, adminKeyOf, loadIdentityConfig } from './config.js';

/** The only wiring of the service. */
@Module({})
export class IdentityModule {
  /** @param alone In a process of its own nobody asks for the first organisation: the service makes it by itself. */
  static register(context: ServiceContext, { alone }: { alone: boolean }): ServiceParts {
    const { bus, clock, ids, logger, keyPepper: pepper } = context;
    const config = loadIdentityConfig(context.environment);
    const store = new IdentityStore(context.database);
    const keys = new PostgresKeyRepository(store);
    const limits = new PostgresLimitRepository(store);
    const organisations = new PostgresOrganisationRepository(store);
    const wallets = new WalletsClient(bus, config.DEFAULT_WALLET_LIMIT_USD);
    const factory = new KeyFactory({ clock, ids, pepper, randomBytes });
    const foundOrganisation = new FoundOrganisation(organisations, keys, wallets, factory, clock, ids);
    const publishLimits = new PublishLimits(limits, new BusLimitSnapshots(bus), clock, logger);
    const setLimits = new SetLimits({
      limits,
      published: publishLimits,
      organisations,
      keys,
      clock,
      ids,
      limitsMax: config.LIMITS_PER_ORGANISATION_MAX,
    });
    const adminKey = adminKeyOf(config, context.environment);
    const value = <T>(provide: unknown, useValue: T): { provide: never; useValue: T } => ({
      provide: provide as never,
      useValue,
    });
    const module = {
      module: IdentityModule,
      controllers: [KeysRpc, LimitsRpc, OrganisationsRpc],
      providers: [
        value(KEY_REPOSITORY, keys),
        value(LIMIT_REPOSITORY, limits),
        value(ORGANISATION_REPOSITORY, organisations),
        value(ADMIN_KEY, adminKey ?? null),
        value(AuthenticateKey, new AuthenticateKey(keys, clock)),
        value(CreateKey, new CreateKey(keys, organisations, wallets, factory, config.KEYS_PER_ORGANISATION_MAX)),
        value(RevokeKey, new RevokeKey(keys, factory, clock)),
        value(SetLimits, setLimits),
        value(CreateTeam, new CreateTeam(organisations, wallets, setLimits, clock, ids)),
        value(FoundOrganisation, foundOrganisation),
      ],
    };
    const bootstrap = alone && adminKey ? [new BootstrapJob(foundOrganisation, adminKey, logger)] : [];
    return { module, jobs: [new LimitFeedJob(publishLimits, config.LIMIT_POLL_INTERVAL_MS, logger), ...bootstrap] };
  }
}
