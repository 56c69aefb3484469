import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SnapshotContract } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { Kvm, type KV } from '@nats-io/kv';
import { messageError, type NatsLink } from './nats-link.js';

const compress = promisify(gzip);

const BUCKET_BYTES_MAX = 64 * 1_048_576;
/** Room for the subject and the headers of the message that carries a value. */
const VALUE_OVERHEAD_BYTES = 1_024;

/** Snapshots in one KV bucket per owner, gzipped: whoever comes first, reader or writer, makes the bucket. */
export class NatsSnapshots {
  private readonly buckets = new Map<string, Promise<KV>>();
  private readonly writing = new Map<string, Promise<void>>();

  constructor(
    readonly link: NatsLink,
    private readonly replicas: number,
  ) {}

  /**
   * Writes of one snapshot keep their order.
   * @throws AppError `payload_too_large` when it does not fit into one message compressed; `backend_unavailable`
   */
  put(contract: SnapshotContract, text: string): Promise<void> {
    const before = this.writing.get(contract.name) ?? Promise.resolve();
    const written = before.catch(() => undefined).then(() => this.write(contract, text));
    this.writing.set(contract.name, written);
    return written;
  }

  bucket(owner: string): Promise<KV> {
    const known = this.buckets.get(owner);
    if (known) return known;
    const bucket = new Kvm(this.link.js).create(`snap_${owner}`, {
      history: 1,
      replicas: this.replicas,
      max_bytes: BUCKET_BYTES_MAX,
    });
    this.buckets.set(owner, bucket);
    bucket.catch(() => this.forget(owner));
    return bucket;
  }

  forget(owner: string): void {
    this.buckets.delete(owner);
  }

  private async write(contract: SnapshotContract, text: string): Promise<void> {
    const value = await compress(text);
    const bytesMax = this.link.payloadBytesMax - VALUE_OVERHEAD_BYTES;
    if (value.length > bytesMax) throw tooLarge(contract.name, value.length, bytesMax);
    try {
      await this.writeOnce(contract, value).catch(() => {
        // Once more: the bucket may have been deleted behind our back. Writing a value twice is harmless.
        this.forget(contract.owner);
        return this.writeOnce(contract, value);
      });
    } catch (error) {
      throw messageError(this.link, error, contract.name, 'bus');
    }
  }

  private async writeOnce(contract: SnapshotContract, value: Uint8Array): Promise<void> {
    const bucket = await this.bucket(contract.owner);
    await bucket.put(keyOf(contract), value);
  }
}

/** A snapshot's key in the bucket of its owner: `snap.routing.table` → `table`. */
export function keyOf({ name, owner }: SnapshotContract): string {
  const prefix = `snap.${owner}.`;
  if (!name.startsWith(prefix)) throw new Error(`${name} must start with ${prefix}`);
  return name.slice(prefix.length);
}

function tooLarge(name: string, bytes: number, bytesMax: number): AppError {
  return new AppError(
    'payload_too_large',
    `The snapshot ${name} has ${bytes} bytes compressed; the NATS server takes ${bytesMax}. Raise its max_payload.`,
  );
}
