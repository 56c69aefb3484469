import { nanoUsd as brandNano, picoUsd as brandPico } from '@ao/kernel';
import { z } from 'zod';

/** Shapes that several contracts share. On the wire money is a string of digits, in code a branded bigint. */

const integerText = z.string().regex(/^-?\d{1,30}$/, 'expected an integer as a string');

/** Nano-dollars: `"1250000"` ↔ `1250000n`. */
export const nanoUsd = z.codec(
  integerText,
  z.custom<ReturnType<typeof brandNano>>((v) => typeof v === 'bigint'),
  {
    decode: (text) => brandNano(BigInt(text)),
    encode: (amount) => amount.toString(),
  },
);

/** Pico-dollars per token: `"2500000"` ↔ `2500000n`. */
export const picoUsd = z.codec(
  integerText,
  z.custom<ReturnType<typeof brandPico>>((v) => typeof v === 'bigint'),
  {
    decode: (text) => brandPico(BigInt(text)),
    encode: (price) => price.toString(),
  },
);

export const id = z.string().min(1).max(128);
export const name = z.string().min(1).max(200);
export const modelName = z.string().min(1).max(256);
export const tokenCount = z.int().min(0).max(1_000_000_000_000);
/** Which service of a provider a call was served by, in the provider's word: `priority`, `flex`, `batch`, … */
export const serviceTier = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'expected a name such as "priority"');
/** Milliseconds since the epoch. */
export const epochMs = z.int().min(0).max(8_640_000_000_000_000);
/** RFC 3339 in UTC. */
export const timestamp = z.iso.datetime();
export const tag = z.string().min(1).max(128);
export const costCenter = z.string().min(1).max(128);

export const role = z.enum(['owner', 'admin', 'member', 'viewer']);
export type Role = z.output<typeof role>;

/** Who asks an administrative question: the service checks that what is asked about lies in `orgId`. */
export const actor = z.object({
  orgId: id,
  keyId: id,
  role,
  requestId: id.optional(),
  /** The person behind the key, where there is one; absent from gateways of a version before transfers, until 1.0. */
  userId: id.nullable().optional(),
  /** The wallet that pays for the key's calls; absent likewise. */
  walletId: id.nullable().optional(),
});
export type Actor = z.output<typeof actor>;

/** Cursor paging: at most `limit` rows after the row that `cursor` names. */
export const page = { limit: z.int().min(1).max(500).optional().default(50), cursor: z.string().max(512).optional() };
export const nextCursor = z.string().max(512).nullable();
