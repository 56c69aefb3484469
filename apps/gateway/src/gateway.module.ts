import { join } from 'node:path';
import { SAFE_AFTER_MS, type Bus } from '@ao/bus';
import type { SecretBox } from '@ao/config';
import { sleep, type Clock, type IdGenerator, type Logger } from '@ao/kernel';
import { Module, type DynamicModule } from '@nestjs/common';
import { circuitTeller } from './adapters/bus/circuit-changes.js';
import { IdentityClient } from './adapters/bus/identity.client.js';
import { ResponsesClient } from './adapters/bus/responses.client.js';
import { WalletClient } from './adapters/bus/wallet.client.js';
import { registerAdminRoutes } from './adapters/http/admin/admin-routes.js';
import { cacheRoutes } from './adapters/http/admin/cache.routes.js';
import { aliasRoutes } from './adapters/http/admin/aliases.routes.js';
import { experimentRoutes } from './adapters/http/admin/experiments.routes.js';
import { keyRoutes } from './adapters/http/admin/keys.routes.js';
import { limitRoutes } from './adapters/http/admin/limits.routes.js';
import { meteringRoutes } from './adapters/http/admin/metering.routes.js';
import { ratingRoutes } from './adapters/http/admin/rating.routes.js';
import { pricesRoutes } from './adapters/http/admin/prices.routes.js';
import { operationsRoutes } from './adapters/http/admin/operations.routes.js';
import { routerSettingsRoutes } from './adapters/http/admin/router-settings.routes.js';
import { routingRoutes } from './adapters/http/admin/routing.routes.js';
import { ruleRoutes } from './adapters/http/admin/rules.routes.js';
import { taskRoutes } from './adapters/http/admin/tasks.routes.js';
import { transferRoutes } from './adapters/http/admin/transfers.routes.js';
import { ledgerRoutes } from './adapters/http/admin/ledger.routes.js';
import { walletRoutes } from './adapters/http/admin/wallets.routes.js';
import { registerCompletions } from './adapters/http/completion.routes.js';
import { registerFiles } from './adapters/http/files/register-files.js';
import { responseRoutes } from './adapters/http/responses/response.routes.js';
import { Countries, registerCountries } from './adapters/http/country.js';
import { registerDashboard } from './adapters/http/dashboard.routes.js';
import { registerHealth } from './adapters/http/health.routes.js';
import { GatewayMetrics } from './adapters/http/metrics.js';
import { registerMetrics } from './adapters/http/metrics.route.js';
import { registerModels } from './adapters/http/models.route.js';
import { registerNative } from './adapters/http/native/native.routes.js';
import { RealtimeSockets } from './adapters/http/realtime/realtime.upgrade.js';
import { GatewayServer } from './adapters/http/server.js';
import { registerSignUp } from './adapters/http/sign-up.route.js';
import { FileSpool } from './adapters/spool/file-spool.js';
import { cacheSettingsOf, withFile } from './adapters/config/cache-settings.js';
import { ConfigFile } from './adapters/config/config-file.js';
import { ProviderUpstream } from './adapters/upstream/provider-upstream.js';
import type { KeyValue } from '@ao/keyvalue';
import { createResponseCache } from './application/cache/create-response-cache.js';
import { PassThroughs } from './application/native/pass-throughs.js';
import { Authenticate } from './application/authenticate.js';
import { Budget } from './application/budget.js';
import { Circuits } from './application/circuits.js';
import { Capacity } from './application/calls/attempts/capacity.js';
import { CountTokens } from './application/calls/count-tokens.js';
import { PerformCall } from './application/calls/perform-call.js';
import { AnswerStore } from './application/idempotency/answer-store.js';
import { fingerprintUnder } from './application/idempotency/fingerprint.js';
import { IdempotentCalls } from './application/idempotency/idempotent-calls.js';
import { CapacityQueue } from './application/limits/capacity-queue.js';
import { DeploymentLimits } from './application/limits/deployment-limits.js';
import { LimitStore } from './application/limits/limit-store.js';
import { Limits } from './application/limits/limits.js';
import { WrongKeys } from './application/limits/wrong-keys.js';
import { ModelState } from './application/model-state.js';
import { Principals } from './application/principals.js';
import { ResolvePrevious } from './application/responses/resolve-previous.js';
import { ResponseCalls } from './application/responses/response-calls.js';
import { ResponseContents } from './application/responses/response-contents.js';
import { StoreAnswer } from './application/responses/store-answer.js';
import { Readiness, requireHealthy } from './application/readiness.js';
import { UsageExchange } from './application/usage-exchange.js';
import { loadGatewayConfig } from './config.js';
import { keylessLimits, planOptions, unlimited } from './plan-options.js';
import { LeasePool } from './domain/lease-pool.js';
import { GatewayLifecycle } from './gateway.lifecycle.js';

/** What the process that hosts a gateway provides. */
export interface GatewayContext {
  bus: Bus;
  logger: Logger;
  clock: Clock;
  ids: IdGenerator & { uuid(): string };
  secretBox: SecretBox;
  /** Shared by all replicas: limits, and the answers to calls with an idempotency key. */
  keyValue: KeyValue;
  keyPepper: Buffer;
  dataDirectory: string;
  environment: NodeJS.ProcessEnv;
  shutdownTimeoutMs: number;
  version: string;
}

/** A gateway that died holds the idempotency keys of its calls for so long; one that lives renews them. */
const IDEMPOTENCY_LEASE_MS = 15_000;
const IDEMPOTENCY_RENEW_EVERY_MS = 5_000;

/** The only wiring of the gateway. */
@Module({})
export class GatewayModule {
  static async register(context: GatewayContext): Promise<DynamicModule> {
    const { bus, logger, clock, ids } = context;
    const config = loadGatewayConfig(context.environment);
    const gatewayId = ids.next('gw');
    const state = new ModelState(clock);
    const limitStore = new LimitStore(context.keyValue);
    const directory = new IdentityClient(bus);
    const principals = new Principals(directory, clock);
    const authenticate = new Authenticate(
      {
        mode: config.AUTH_MODE,
        staticKeys: config.staticKeys,
        keyless: keylessLimits(config),
        wrongKeys: new WrongKeys(limitStore, unlimited(config.WRONG_KEYS_PER_MINUTE_PER_ADDRESS)),
      },
      principals,
      directory,
      context.keyPepper,
    );
    const pool = new LeasePool();
    const budget = new Budget(pool, new WalletClient(bus), {
      gatewayId,
      clock,
      ids,
      logger,
      leaseIdleMs: config.LEASE_IDLE_MS,
    });
    const spool = await FileSpool.open({
      directory: join(context.dataDirectory, 'spool'),
      bus,
      clock,
      logger,
      recordsMax: config.SPOOL_RECORDS_MAX,
      syncIntervalMs: config.SPOOL_SYNC_INTERVAL_MS,
      keepMs: bus.publishWaitsForHandlers ? 0 : SAFE_AFTER_MS,
    });
    const countries = await Countries.open({
      header: config.GEO_COUNTRY_HEADER?.toLowerCase(),
      database: config.GEOIP_DATABASE,
      trustProxy: config.TRUST_PROXY,
      logger,
    });
    const plan = planOptions(config);
    const upstream = new ProviderUpstream([plan.direct.provider], logger);
    const queue = new CapacityQueue({
      sleep,
      lengthMax: config.QUEUE_LENGTH_MAX,
      waitMsMax: config.QUEUE_WAIT_MS_MAX,
    });
    const metrics: GatewayMetrics = new GatewayMetrics({
      spool: () => spool.figures(),
      leases: () => pool.totals(),
      activeCalls: () => server.activeCalls,
      upstream: () => upstream.connectionTotals(),
      limitFallbacks: () => limitStore.fallbacks,
      circuitsOpen: () => state.deployments.tripped.size,
      callsWaiting: () => queue.waiting,
    });
    const limits = new Limits(limitStore, logger, {
      rules: () => state.limits,
      throttle: {
        delayFromPercent: config.LIMITS_DELAY_FROM_PERCENT,
        shedFromPercent: config.LIMITS_SHED_FROM_PERCENT,
        delayMsMax: config.LIMITS_DELAY_MS_MAX,
      },
    });
    const cacheSettings = cacheSettingsOf(config);
    const caching = createResponseCache({
      ...context,
      settings: cacheSettings,
      perform: (call, out) => performCall.execute(call, out),
    });
    const performCall: PerformCall = new PerformCall(state, limits, budget, upstream, spool, {
      ...plan,
      cache: caching.cache,
      gatewayId,
      clock,
      circuits: new Circuits({
        states: state.deployments,
        store: context.keyValue,
        tell: circuitTeller({ bus, gatewayId, clock, ids, logger }),
        clock,
        logger,
      }),
      capacity: new Capacity(
        new DeploymentLimits(limitStore, (error) =>
          logger.warn({ err: error }, 'a share of a deployment could not be given back'),
        ),
        queue,
      ),
      wait: sleep,
      onSettled: (report) => {
        metrics.observeUsage(report);
        idempotentCalls.noteSettled(report);
      },
    });
    const fingerprint = fingerprintUnder(context.keyPepper);
    const idempotentCalls: IdempotentCalls = new IdempotentCalls({
      perform: (call, out) => performCall.execute(call, out),
      store: new AnswerStore(context.keyValue, {
        seal: (text, of) => context.secretBox.seal(text, of),
        open: (sealed, of) => context.secretBox.open(sealed, of),
        fingerprint,
        retentionMs: config.IDEMPOTENCY_RETENTION_MS,
        leaseMs: IDEMPOTENCY_LEASE_MS,
        organisationBytesMax: config.IDEMPOTENCY_ORGANISATION_BYTES_MAX,
      }),
      clock,
      logger,
      answerBytesMax: config.IDEMPOTENCY_ANSWER_BYTES_MAX,
      renewEveryMs: IDEMPOTENCY_RENEW_EVERY_MS,
      onOutcome: (outcome) => metrics.observeIdempotentCall(outcome),
    });
    const server = new GatewayServer({
      config,
      clock,
      ids,
      logger,
      metrics,
      shutdownTimeoutMs: context.shutdownTimeoutMs,
    });
    const readiness = new Readiness(bus, () => clock.monotonicMs(), {
      bus: () => bus.checkHealth(),
      redis: () => requireHealthy(context.keyValue),
      models: async () => {
        if (!state.isKnown) throw new Error('models and prices have not arrived yet');
      },
    });

    const contents = new ResponseContents(context.secretBox);
    const responses = new ResponsesClient(bus);
    registerCountries(server.app, countries);
    registerCompletions(server.app, {
      authenticate,
      performCall,
      countTokens: new CountTokens(state, limits, upstream, plan),
      responseCalls: new ResponseCalls(
        new ResolvePrevious(responses, contents),
        new StoreAnswer(responses, contents, logger),
        logger,
      ),
      idempotentCalls,
      state,
      plan,
      allowClientOpenAiKey: config.ALLOW_CLIENT_OPENAI_KEY,
      formBytesMax: config.FORM_LIMIT_BYTES,
      logger,
    });
    const passThroughs = new PassThroughs();
    const configFile = new ConfigFile(
      config.AO_CONFIG,
      context.environment,
      logger,
      ({ passThroughs: routes, cache }) => {
        upstream.updatePassThroughs(passThroughs.replace(routes));
        caching.cache.configure(withFile(cacheSettings, cache));
      },
    );
    registerNative(server.app, {
      authenticate,
      performCall,
      idempotentCalls,
      state,
      direct: plan.direct,
      passThroughs,
      sharedAccountsOpen: config.NATIVE_SHARED_ACCOUNTS,
      logger,
    });
    const realtime = new RealtimeSockets({
      gatewayId,
      clock,
      ids,
      state,
      budget,
      spool,
      onSettled: (report) => metrics.observeUsage(report),
      authenticate,
      limits,
      countries,
      upstream,
      direct: plan.direct,
      logger,
      trustedProxies: config.TRUST_PROXY,
      idleMs: config.REALTIME_IDLE_MS,
      totalMs: config.REALTIME_TOTAL_MS,
    });
    realtime.register(server.app);
    registerModels(server.app, authenticate, state);
    registerHealth(server.app, {
      readiness,
      state,
      version: context.version,
      directOpenAi: plan.direct.enabled && plan.direct.provider.apiKey !== null,
      activeCalls: () => server.activeCalls,
    });
    registerMetrics(server.app, metrics);
    registerDashboard(server.app, { version: context.version, logger });
    registerSignUp(server.app, bus, config.SIGN_UP_ENABLED);
    const routes = [
      ...keyRoutes,
      ...limitRoutes,
      ...aliasRoutes,
      ...cacheRoutes,
      ...ruleRoutes,
      ...routerSettingsRoutes,
      ...experimentRoutes,
      ...walletRoutes,
      ...transferRoutes,
      ...ledgerRoutes,
      ...meteringRoutes,
      ...ratingRoutes,
      ...pricesRoutes,
      ...routingRoutes,
      ...operationsRoutes,
      ...taskRoutes,
      ...responseRoutes(contents),
    ];
    const seal = (secret: string): string => context.secretBox.seal(secret);
    registerAdminRoutes(server.app, routes, { bus, authenticate, seal, fingerprint });
    registerFiles(server.app, { bus, authenticate, seal, fingerprint });

    const lifecycle = new GatewayLifecycle({
      gatewayId,
      config,
      bus,
      state,
      principals,
      secretBox: context.secretBox,
      logger,
      server,
      budget,
      performCall,
      caching,
      idempotentCalls,
      usageExchange: new UsageExchange({ state, store: context.keyValue, clock, logger }),
      spool,
      upstream,
      realtime,
      countries,
      configFile,
      keyValue: context.keyValue,
      readiness,
      clock,
      ids,
    });
    return { module: GatewayModule, providers: [{ provide: GatewayLifecycle, useValue: lifecycle }] };
  }
}
