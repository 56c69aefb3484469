import { AppError, StartupError } from '@ao/kernel';
import type { Warehouse } from '@ao/warehouse';

/**
 * The warehouse once it is open and its tables are there. ClickHouse may come up after this service does, so whoever
 * needs it tries again, one attempt at a time.
 */
export class ReadyWarehouse {
  private ready: Promise<Warehouse> | null = null;

  /**
   * @param open gives the warehouse; rejects with StartupError where there is no engine
   * @param prepare brings its tables up to date; safe to repeat
   */
  constructor(
    private readonly open: () => Promise<Warehouse>,
    private readonly prepare: (warehouse: Warehouse) => Promise<void>,
  ) {}

  /** @throws AppError `not_configured` that says what to set, or what `open` and `prepare` throw while it is away */
  get(): Promise<Warehouse> {
    this.ready ??= this.openAndPrepare().catch((error: unknown) => {
      this.ready = null;
      throw error;
    });
    return this.ready;
  }

  /** Rejects with the reason when nothing can be read or written. */
  async checkHealth(): Promise<void> {
    const warehouse = await this.get();
    const health = await warehouse.health();
    if (!health.ok) throw new AppError('backend_unavailable', health.reason);
  }

  private async openAndPrepare(): Promise<Warehouse> {
    const warehouse = await this.open().catch((error: unknown) => {
      throw error instanceof StartupError ? notConfigured(error) : error;
    });
    await this.prepare(warehouse);
    return warehouse;
  }
}

/** Callers learn what to set; which folder could not be opened is for the log. */
const notConfigured = (cause: StartupError): AppError =>
  new AppError('not_configured', 'Analytics has no warehouse here. Set CLICKHOUSE_URL to a ClickHouse server.', {
    internal: cause.message,
    cause,
  });
