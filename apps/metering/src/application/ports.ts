import type { EncodedEvent } from '@ao/bus';
import type { NanoUsd } from '@ao/kernel';
import type { RequestAdjustment, RequestLogRow } from '@ao/contracts';
import type { CsvTable, Invoice } from '../domain/invoice.js';
import type { Month } from '../domain/month.js';
import type { ConfiguredPrice } from '../domain/plan-price-sync.js';
import type { Price, PriceEntry } from '../domain/price.js';
import type { RequestPosition, RequestSort } from '../domain/request-sort.js';
import type { Rerating, ReratingProgress } from '../domain/rerating.js';
import type { RefusalReason } from '../domain/storable.js';

/** Where Nest finds the repositories: interfaces leave no trace at run time. */
export const PRICE_REPOSITORY = Symbol('PriceRepository');

/** The whole price table at one moment. */
export interface PriceList {
  /** Grows with every row; the same on every replica. */
  version: number;
  /** In the order in which they were added. */
  entries: PriceEntry[];
}

export interface PriceFilter {
  model: string | undefined;
  provider: string | undefined;
}

/** Prices. Rows are added, never changed. */
export interface PriceRepository {
  version(): Promise<number>;
  /** @param versionMax As it was when it had this version; unless given, as it is. */
  readAll(versionMax?: number): Promise<PriceList>;
  /**
   * Adds the rows that `plan` makes of those that are there, and its events, in one transaction; one at a time over all
   * replicas. A row whose id is taken is left as it is.
   */
  append(plan: (existing: PriceEntry[]) => { entries: PriceEntry[]; events: EncodedEvent[] }): Promise<void>;
  /** By row id; what is unknown is left out. Rows that end a price are none. */
  find(rowIds: readonly string[]): Promise<Map<string, Price>>;
  /** Newest first. */
  list(filter: PriceFilter, page: { limit: number; after: bigint | undefined }): Promise<ListedPrice[]>;
}

export interface ListedPrice {
  price: Price;
  sequence: bigint;
}

/** What the operator's configuration says of prices. */
export interface ConfiguredPrices {
  /**
   * Begins to follow the configuration; `onChange` says that there is something new to read.
   * @throws StartupError when the configuration cannot be read.
   */
  start(onChange: () => void): void;
  stop(): void;
  current(): ConfiguredPrice[];
}

/** The published price list. */
export interface PriceSnapshots {
  publish(version: number, prices: Price[]): Promise<void>;
  /** Calls back with the version that is published, now and whenever it changes, by whichever replica. */
  watchVersion(onVersion: (version: number) => void): Promise<{ stop(): Promise<void> }>;
}

/** A call with its authoritative cost, and the event that tells of it. */
export interface RecordedCall {
  record: RequestLogRow;
  /** `record` as JSON. */
  json: string;
  event: EncodedEvent;
}

export interface RefusedCall {
  call: Pick<RecordedCall, 'record' | 'json'>;
  reason: RefusalReason;
}

export interface RecordOutcome {
  recordedCount: number;
  /** Reports of calls that were recorded before. */
  repeatedCount: number;
  /** Other calls under a request id that is taken: kept apart. */
  collidingRequestIds: string[];
}

export interface RequestQuery {
  orgId: string;
  /** All conditions hold together; what is undefined does not count. */
  keyIds: string[];
  teamId: string | undefined;
  walletId: string | undefined;
  costCenter: string | undefined;
  model: string | undefined;
  provider: string | undefined;
  tag: string | undefined;
  correlationId: string | undefined;
  statusMin: number | undefined;
  statusMax: number | undefined;
  startedFrom: string | undefined;
  startedBefore: string | undefined;
  sort: RequestSort;
  after: RequestPosition | undefined;
  limit: number;
}

/** The request log. */
export interface RequestLog {
  /** Records each call once by its request id, with its event, and keeps what is refused: all in one transaction. */
  record(calls: readonly RecordedCall[], refused: readonly RefusedCall[]): Promise<RecordOutcome>;
  /** @throws AppError `timeout` when so many calls must be searched that the answer would come too late. */
  list(query: RequestQuery): Promise<RequestLogRow[]>;
  /** @param keyId When given, only a call of this key is found. */
  find(orgId: string, requestId: string, keyId: string | undefined): Promise<RequestLogRow | null>;
  /** Latest first. */
  adjustmentsOf(orgId: string, requestId: string, limit: number): Promise<RequestAdjustment[]>;
  /** Deletes at most `rowsMax` of the oldest calls that started before; gives how many. */
  deleteStartedBefore(beforeMs: number, rowsMax: number): Promise<number>;
}

/** A call whose cost a re-rating changes. */
export interface AdjustedCall {
  adjustmentId: string;
  before: RequestLogRow;
  after: RequestLogRow;
  event: EncodedEvent;
}

/** What became of a batch of calls. */
export interface RatedBatch {
  progress: ReratingProgress;
  /** Empty in a dry run. */
  adjusted: AdjustedCall[];
  adjustedAtMs: number;
}

/** Re-ratings, their progress and the adjustments that they make. */
export interface ReratingRepository {
  /** @throws AppError `conflict` when `runningMax` of the organisation are running. */
  create(rerating: Rerating, runningMax: number, events: EncodedEvent[]): Promise<void>;
  find(orgId: string, id: string): Promise<Rerating | null>;
  /** Those that are not finished, oldest first. */
  running(limit: number): Promise<Rerating[]>;
  /**
   * Takes the next calls, at most `callsMax`, and writes what `rate` makes of them (their new costs, the adjustments and
   * their events) together with the progress, in one transaction: a crash leaves a whole number of batches, and of two
   * replicas one does nothing. `rate` may be called again.
   * @returns false when there was nothing to do: it is finished, or another replica is at it.
   */
  advance(id: string, callsMax: number, rate: (calls: RequestLogRow[]) => RatedBatch): Promise<boolean>;
}

/** Reads a CSV text. @throws AppError `invalid_parameter` when it is none. */
export type CsvReader = (text: string) => CsvTable;

/** An invoice as it was last uploaded. */
export interface UploadedInvoice extends Invoice {
  tolerancePercent: string;
  uploadedAtMs: number;
}

/** An upload of one invoice, and what is told if it is not what is there already. */
export interface InvoiceUpload {
  invoice: UploadedInvoice;
  events: EncodedEvent[];
}

/** The invoices of providers, the last of each month. */
export interface InvoiceRepository {
  /** Puts each in the place of its predecessor, with its events, all in one transaction; the same again changes nothing. */
  replace(orgId: string, keyId: string, uploads: readonly InvoiceUpload[]): Promise<void>;
  list(orgId: string, month: Month, provider: string | undefined): Promise<UploadedInvoice[]>;
  /**
   * What the log says that the models of a provider cost in a month, attempts by themselves, the dearest `modelsMax`.
   * @throws AppError `timeout` when there are too many calls to add up in time.
   */
  loggedCosts(
    orgId: string,
    provider: string,
    range: { fromMs: number; toMs: number },
    modelsMax: number,
  ): Promise<Map<string, NanoUsd>>;
}
