import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { RESPONSE_CONTENT_LENGTH_MAX, type StoredResponse } from '@ao/contracts';

type Json = Readonly<Record<string, unknown>>;

/** What is kept of a call: what the caller gave in this turn, and what came back. */
export interface ResponseContent {
  readonly input: readonly Json[];
  readonly response: Json;
  /** The response that this one goes on from. */
  readonly previousId: string | null;
}

interface Seal {
  seal(text: string, of: string): string;
  open(sealed: string, of: string): string;
}

/** What fits is at most a few megabytes; a sealed text that would swell to more is none of ours. */
const INFLATED_BYTES_MAX = 64 * 1_024 * 1_024;

/** Packs responses for the store, which sees no prompt and no answer. */
export class ResponseContents {
  constructor(private readonly box: Seal) {}

  /** Compressed and sealed; null when it is too large to be stored. */
  pack(orgId: string, id: string, content: ResponseContent): string | null {
    const text = deflateRawSync(JSON.stringify(content)).toString('base64');
    if (text.length > RESPONSE_CONTENT_LENGTH_MAX) return null;
    const sealed = this.box.seal(text, nameOf(orgId, id));
    return sealed.length > RESPONSE_CONTENT_LENGTH_MAX ? null : sealed;
  }

  /** @throws AppError `internal_error` for one that was sealed for another organisation, id or master key. */
  unpack(orgId: string, { id, content }: Pick<StoredResponse, 'id' | 'content'>): ResponseContent {
    const packed = Buffer.from(this.box.open(content, nameOf(orgId, id)), 'base64');
    const text = inflateRawSync(packed, { maxOutputLength: INFLATED_BYTES_MAX }).toString('utf8');
    return JSON.parse(text) as ResponseContent;
  }
}

const nameOf = (orgId: string, id: string): string => `response ${orgId} ${id}`;
