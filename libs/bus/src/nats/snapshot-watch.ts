import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { SnapshotContract } from '@ao/contracts';
import { sleep, withDeadline, type Logger } from '@ao/kernel';
import type { KvEntry, KvWatchEntry } from '@nats-io/kv';
import type { QueuedIterator } from '@nats-io/transport-node';
import type { Subscription } from '../bus.js';
import { backoffMs } from './backoff.js';
import { keyOf, type NatsSnapshots } from './nats-snapshots.js';

const decompress = promisify(gunzip);

/** A watch is taken up anew this often, so that an update lost without notice is not lost for good. */
const WATCH_RENEWAL_MS = 5 * 60_000;
const STOP_DEADLINE_MS = 5_000;
/** A value beyond this is no read model but a mistake; the bound is on what a tampered value may expand to. */
const VALUE_BYTES_MAX = 64 * 1_048_576;

/** Follows one snapshot: the present value first, then each later one; survives all that can happen to the server. */
export class SnapshotWatch implements Subscription {
  private readonly stopping = new AbortController();
  private seen = '';
  private opening: Promise<QueuedIterator<KvWatchEntry>> | null = null;

  constructor(
    private readonly snapshots: NatsSnapshots,
    private readonly contract: SnapshotContract,
    private readonly onText: (text: string) => void,
    private readonly logger: Logger,
  ) {}

  /** Resolves when the present value, if any, was handed over. */
  async start(): Promise<this> {
    const bucket = await this.snapshots.bucket(this.contract.owner);
    const present = await bucket.get(keyOf(this.contract));
    if (present) await this.handOver(present);
    void this.followForever();
    return this;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const stopped = this.opening?.then((entries) => entries.stop()).catch(() => undefined);
    // The library leaves a timer behind for ever when its connection closes while a watch comes up: that is waited for.
    if (!stopped || !this.snapshots.link.isUp) return;
    await withDeadline(stopped, STOP_DEADLINE_MS, () => new Error('the watch did not come up')).catch(() => undefined);
  }

  private async followForever(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        await this.follow();
        failures = 0;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        failures += 1;
        this.logger.warn({ err: error, snapshot: this.contract.name }, 'a snapshot watch failed; trying again');
        this.snapshots.forget(this.contract.owner);
        await sleep(backoffMs(failures), this.stopping.signal);
      }
    }
  }

  private async follow(): Promise<void> {
    this.opening = this.open();
    const entries = await this.opening;
    const renewal = setTimeout(() => entries.stop(), WATCH_RENEWAL_MS);
    const stopListening = this.snapshots.link.onReconnect(() => entries.stop());
    try {
      for await (const entry of entries) await this.handOver(entry);
    } finally {
      clearTimeout(renewal);
      stopListening();
    }
  }

  private async open(): Promise<QueuedIterator<KvWatchEntry>> {
    const bucket = await this.snapshots.bucket(this.contract.owner);
    return bucket.watch({ key: keyOf(this.contract) });
  }

  private async handOver(entry: KvEntry): Promise<void> {
    // The time too: a bucket that was made anew counts its revisions from one again.
    const identity = `${entry.revision}@${entry.created.getTime()}`;
    if (entry.operation !== 'PUT' || identity === this.seen) return;
    this.seen = identity;
    try {
      const text = (await decompress(entry.value, { maxOutputLength: VALUE_BYTES_MAX })).toString();
      if (!this.stopping.signal.aborted) this.onText(text);
    } catch (error) {
      this.logger.error({ err: error, snapshot: this.contract.name }, 'a snapshot was not taken; the last one stays');
    }
  }
}
