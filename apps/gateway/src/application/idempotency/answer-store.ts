import type { KeyValue } from '@ao/keyvalue';
import type { InboundCall } from '../calls/call.js';
import type { Fingerprint } from './fingerprint.js';
import { decodeAnswer, encodeAnswer, type SavedAnswer } from './saved-answer.js';

/** A call by its idempotency key. */
export interface KeyedCall {
  /** Where it stands in the shared store: key, endpoint and idempotency key. */
  slot: string;
  orgId: string;
  fingerprint: string;
  /** This run of it: the call's own id. */
  holder: string;
}

/** What is known of an idempotency key. */
export type Found =
  /** Nothing: the call may run. */
  | { kind: 'free' }
  | { kind: 'running' }
  | { kind: 'answered'; answer: SavedAnswer }
  /** It was carried out, but nobody kept the answer. */
  | { kind: 'unsaved' }
  /** Another request has the key. */
  | { kind: 'other' };

interface Entry {
  fingerprint: string;
  /** Of a run that has not ended. */
  holder?: string;
  /** The answer, sealed. */
  sealed?: string;
}

export interface AnswerStoreOptions {
  /** Answers hold what models wrote. */
  seal: (text: string, context: string) => string;
  open: (sealed: string, context: string) => string;
  fingerprint: Fingerprint;
  retentionMs: number;
  /** A run that was not renewed for so long has died. */
  leaseMs: number;
  /** What the answers of one organisation may take at any time. */
  organisationBytesMax: number;
}

/** The idempotency keys of calls in the store that all gateways share. Rejects with `backend_unavailable` while it is away. */
export class AnswerStore {
  constructor(
    private readonly store: Pick<KeyValue, 'get' | 'setIfAbsent' | 'replaceIf' | 'deleteIf' | 'takeTokens'>,
    private readonly options: AnswerStoreOptions,
  ) {}

  /** @param key As the caller sent it; it counts for the caller's API key and the endpoint alone. */
  identify(call: InboundCall, key: string): KeyedCall {
    const { fingerprint } = this.options;
    const { keyId, orgId } = call.principal;
    return {
      slot: `idempotency:${keyId}:${call.endpoint}:${fingerprint(key)}`,
      orgId,
      // Who pays is part of what was asked for.
      fingerprint: fingerprint(JSON.stringify([call.ownKey ?? null, call.endUserId, call.tags]), call.body),
      holder: call.callId,
    };
  }

  async find({ slot, fingerprint }: KeyedCall): Promise<Found> {
    const bytes = await this.store.get(slot);
    if (bytes === null) return { kind: 'free' };
    const entry = JSON.parse(bytes.toString()) as Entry;
    if (entry.fingerprint !== fingerprint) return { kind: 'other' };
    if (entry.holder !== undefined) return { kind: 'running' };
    if (entry.sealed === undefined) return { kind: 'unsaved' };
    return { kind: 'answered', answer: decodeAnswer(this.options.open(entry.sealed, slot)) };
  }

  /** True when this run has the key now. */
  claim(call: KeyedCall): Promise<boolean> {
    return this.store.setIfAbsent(call.slot, running(call), { ttlMs: this.options.leaseMs });
  }

  /** False when another run has taken the key over. */
  renew(call: KeyedCall): Promise<boolean> {
    return this.store.replaceIf(call.slot, running(call), running(call), { ttlMs: this.options.leaseMs });
  }

  /** Lets the key be as if never used. */
  async release(call: KeyedCall): Promise<void> {
    await this.store.deleteIf(call.slot, running(call));
  }

  /**
   * Keeps the answer, or only that there was one: when there is none to keep, or no room left for it.
   * @returns false when another run has taken the key over.
   */
  async save(call: KeyedCall, answer: SavedAnswer | null): Promise<boolean> {
    const sealed = answer && this.options.seal(encodeAnswer(answer), call.slot);
    const keep = sealed !== null && (await this.takeRoom(call.orgId, sealed.length));
    const entry: Entry = { fingerprint: call.fingerprint, ...(keep && { sealed }) };
    const { retentionMs: ttlMs } = this.options;
    return this.store.replaceIf(call.slot, running(call), JSON.stringify(entry), { ttlMs });
  }

  private async takeRoom(orgId: string, bytes: number): Promise<boolean> {
    const { organisationBytesMax: limit, retentionMs: windowMs } = this.options;
    const key = `idempotency-bytes:${orgId}`;
    return (await this.store.takeTokens([{ kind: 'window', key, limit, windowMs, amount: bytes }])).allowed;
  }
}

const running = ({ fingerprint, holder }: KeyedCall): string => JSON.stringify({ fingerprint, holder } satisfies Entry);
