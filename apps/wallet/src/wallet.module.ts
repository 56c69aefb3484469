import { acquireLeasesV1 } from '@ao/contracts';
import type { ServiceContext, ServiceParts } from '@ao/runtime';
import { sleep } from '@ao/kernel';
import { Module } from '@nestjs/common';
import { BusBudgetSnapshots } from './adapters/bus/budget.snapshots.js';
import { ChargesClient } from './adapters/bus/charges.client.js';
import { CostAdjustedConsumer } from './adapters/bus/cost-adjusted.consumer.js';
import { CreditsRpc } from './adapters/bus/credits.rpc.js';
import { GatewaysClient } from './adapters/bus/gateways.client.js';
import { AcquisitionBatch, LeasesRpc } from './adapters/bus/leases.rpc.js';
import { TransfersRpc } from './adapters/bus/transfers.rpc.js';
import { UsageRecordedConsumer } from './adapters/bus/usage-recorded.consumer.js';
import { WalletsRpc } from './adapters/bus/wallets.rpc.js';
import { BudgetFeedJob } from './adapters/jobs/budget-feed.job.js';
import { creditSweeperJob } from './adapters/jobs/credit-sweeper.job.js';
import { ledgerCheckJob } from './adapters/jobs/ledger-check.job.js';
import { leaseSweeperJob } from './adapters/jobs/lease-sweeper.job.js';
import { transferExpiryJob } from './adapters/jobs/transfer-expiry.job.js';
import { PostgresLedgerInspector } from './adapters/postgres/ledger.inspector.js';
import { PostgresLedgerReader } from './adapters/postgres/ledger.reader.js';
import { PostgresLedgerStore } from './adapters/postgres/ledger.store.js';
import { WalletStore } from './adapters/postgres/store.js';
import { PostgresTransferStore } from './adapters/postgres/transfer.store.js';
import { PostgresWalletRepository } from './adapters/postgres/wallet.repository.js';
import { AcquireLeases } from './application/acquire-leases.js';
import { AcquireOrRecall } from './application/acquire-or-recall.js';
import { AdjustWallet } from './application/adjust-wallet.js';
import { ApproveTransfer } from './application/approve-transfer.js';
import { CloseTransfer } from './application/close-transfer.js';
import { CorrectCosts } from './application/correct-costs.js';
import { CreateWallet } from './application/create-wallet.js';
import { ExpireCredits } from './application/expire-credits.js';
import { ExpireTransfers } from './application/expire-transfers.js';
import { ExportChargeback } from './application/export-chargeback.js';
import { FindPayers } from './application/find-payers.js';
import { InspectLedger } from './application/inspect-ledger.js';
import { ListEntries } from './application/list-entries.js';
import { ListTopUps } from './application/list-top-ups.js';
import { WALLET_REPOSITORY } from './application/ports.js';
import { PublishBudgets } from './application/publish-budgets.js';
import { ReadBalance } from './application/read-balance.js';
import { ReadTransfers } from './application/read-transfers.js';
import { RecallLeases } from './application/recall-leases.js';
import { RequestTransfer } from './application/request-transfer.js';
import { SettleUsage } from './application/settle-usage.js';
import { SweepLeases } from './application/sweep-leases.js';
import { SyncLeases } from './application/sync-leases.js';
import { TransferEvents } from './application/transfer-events.js';
import { TopUpWallet } from './application/top-up-wallet.js';
import { UpdateWallet } from './application/update-wallet.js';
import { WalletEvents } from './application/wallet-events.js';
import { loadWalletConfig } from './config.js';
import { PeriodBook } from './domain/period-book.js';

/** Beyond this, one lock on an organisation's wallet would be held for too long. */
const ACQUISITIONS_PER_TRANSACTION_MAX = 256;
/** Two: one decides while the other one commits, or waits for a wallet that the first does not need. */
const ACQUISITION_LANES_MAX = 2;
const ACQUISITIONS_WAITING_MAX = 20_000;
/** Reading and deciding know of the expiry without the job: it only marks and tells. */
const TRANSFER_EXPIRY_EVERY_MS = 60_000;

/** The only wiring of the service. */
@Module({})
export class WalletModule {
  static register(context: ServiceContext): ServiceParts {
    const { bus, clock, ids, logger, database } = context;
    const config = loadWalletConfig(context.environment);
    const wallets = new PostgresWalletRepository(new WalletStore(database));
    const store = new PostgresLedgerStore(database);
    const reader = new PostgresLedgerReader(database);
    const periods = new PeriodBook();
    const events = new WalletEvents(clock, ids);
    const graceMs = config.LEASE_GRACE_MS;
    const terms = { ttlMs: config.LEASE_TTL_MS, graceMs, sharePercentMax: config.LEASE_SHARE_PERCENT_MAX };
    const payers = new FindPayers(wallets, clock, ids, logger, config.BUDGETS_PER_TEMPLATE_MAX);
    const acquireLeases = new AcquireLeases(payers, store, periods, events, clock, ids, terms);
    const acquisitions = new AcquisitionBatch({
      run: (requests) => acquireLeases.execute(requests),
      sizeMax: ACQUISITIONS_PER_TRANSACTION_MAX,
      lanesMax: ACQUISITION_LANES_MAX,
      waitingMax: ACQUISITIONS_WAITING_MAX,
      waitMsMax: acquireLeasesV1.deadlineMs,
      clock,
    });
    const syncLeases = new SyncLeases(wallets, store, clock, config.LEASE_TTL_MS);
    const recallLeases = new RecallLeases(store, new GatewaysClient(bus), syncLeases, clock, logger);
    const acquireOrRecall = new AcquireOrRecall((request) => acquisitions.submit(request), recallLeases, clock, sleep);
    const publishBudgets = new PublishBudgets(wallets, new BusBudgetSnapshots(bus), clock, logger);
    const transfers = new PostgresTransferStore(database);
    const transferEvents = new TransferEvents(clock, ids);
    const told = { transfer: transferEvents, wallet: events };
    const expireTransfers = new ExpireTransfers(transfers, transferEvents, clock);
    const sweepLeases = new SweepLeases(store, clock, graceMs);
    const expireCredits = new ExpireCredits(wallets, store, events, clock);
    const inspectLedger = new InspectLedger(new PostgresLedgerInspector(database), events, clock, logger);
    const value = <T>(provide: unknown, useValue: T): { provide: never; useValue: T } => ({
      provide: provide as never,
      useValue,
    });
    const module = {
      module: WalletModule,
      controllers: [WalletsRpc, CreditsRpc, LeasesRpc, TransfersRpc, UsageRecordedConsumer, CostAdjustedConsumer],
      providers: [
        value(WALLET_REPOSITORY, wallets),
        value(AcquireOrRecall, acquireOrRecall),
        value(SyncLeases, syncLeases),
        value(PublishBudgets, publishBudgets),
        value(SettleUsage, new SettleUsage(wallets, store, periods, events, clock, logger)),
        value(
          CreateWallet,
          new CreateWallet(
            wallets,
            clock,
            ids,
            config.WALLETS_PER_ORGANISATION_MAX,
            config.SCOPED_BUDGETS_PER_ORGANISATION_MAX,
          ),
        ),
        value(UpdateWallet, new UpdateWallet(wallets, clock, ids)),
        value(ReadBalance, new ReadBalance(wallets, reader, periods, clock)),
        value(TopUpWallet, new TopUpWallet(wallets, store, periods, events, clock, ids)),
        value(ListTopUps, new ListTopUps(wallets, reader, periods, clock)),
        value(AdjustWallet, new AdjustWallet(wallets, store, periods, events, clock, ids)),
        value(CorrectCosts, new CorrectCosts(wallets, store, reader, periods, events, clock, logger)),
        value(ExportChargeback, new ExportChargeback(wallets, new ChargesClient(bus))),
        value(ListEntries, new ListEntries(wallets, reader)),
        value(RequestTransfer, new RequestTransfer(wallets, transfers, transferEvents, clock, ids)),
        value(ApproveTransfer, new ApproveTransfer(wallets, transfers, store, periods, told, clock)),
        value(CloseTransfer, new CloseTransfer(transfers, transferEvents, clock)),
        value(ReadTransfers, new ReadTransfers(transfers, clock)),
      ],
    };
    const jobs = [
      leaseSweeperJob(sweepLeases, config.LEASE_SWEEP_INTERVAL_MS, logger),
      transferExpiryJob(expireTransfers, TRANSFER_EXPIRY_EVERY_MS, logger),
      creditSweeperJob(expireCredits, config.CREDIT_SWEEP_INTERVAL_MS, logger),
      ledgerCheckJob(inspectLedger, config.LEDGER_CHECK_INTERVAL_MS, logger),
      new BudgetFeedJob(publishBudgets, config.BUDGET_POLL_INTERVAL_MS, logger),
    ];
    return { module, jobs };
  }
}
