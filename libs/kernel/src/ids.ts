import { randomBytes } from 'node:crypto';
import { systemClock, type Clock } from './clock.js';

/** Makes identifiers `<prefix>_<32 hex digits>`, sortable by creation time (the layout of UUIDv7, RFC 9562 §5.7). */
export interface IdGenerator {
  next(prefix: string): string;
}

export class UuidV7Generator implements IdGenerator {
  constructor(
    private readonly clock: Clock = systemClock,
    private readonly random: (size: number) => Uint8Array = pooledRandom(),
  ) {}

  next(prefix: string): string {
    return `${prefix}_${this.uuid().replaceAll('-', '')}`;
  }

  /** A plain UUIDv7 with dashes. */
  uuid(): string {
    const bytes = Buffer.from(this.random(16));
    bytes.writeUIntBE(this.clock.nowMs(), 0, 6);
    bytes[6] = 0x70 | (bytes[6]! & 0x0f);
    bytes[8] = 0x80 | (bytes[8]! & 0x3f);
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}

const POOL_BYTES = 8_192;

/** Random bytes drawn from the system in blocks: one call to it per id would cost more than the rest of the id. */
function pooledRandom(): (size: number) => Uint8Array {
  let pool = Buffer.alloc(0);
  let used = 0;
  return (size) => {
    if (used + size > pool.length) {
      pool = randomBytes(Math.max(POOL_BYTES, size));
      used = 0;
    }
    used += size;
    return pool.subarray(used - size, used);
  };
}

/** Predictable ids for tests: `req_1`, `req_2`, … */
export class SequentialIds implements IdGenerator {
  private count = 0;

  next(prefix: string): string {
    this.count += 1;
    return `${prefix}_${this.count}`;
  }
}
