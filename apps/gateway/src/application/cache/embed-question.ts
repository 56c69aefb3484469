import type { IdGenerator, Logger } from '@ao/kernel';
import type { InboundCall, Responder } from '../calls/call.js';
import type { EmbedQuestion } from './semantic-lookup.js';

interface EmbedOptions {
  /** Makes a call as any other: it is reserved for, billed to the same wallets and logged. */
  perform: (call: InboundCall, out: Responder) => Promise<unknown>;
  ids: IdGenerator;
  clock: { nowMs(): number; monotonicMs(): number };
  logger: Logger;
}

/** A question waits no longer for its vector: the answer itself is what the caller waits for. */
const DEADLINE_MS = 3_000;

/** Embeds questions through the platform's own data plane, for the caller whose question it is (CA-005). */
export function embedThrough({ perform, ids, clock, logger }: EmbedOptions): EmbedQuestion {
  return async (call, model, text) => {
    const out = new Collected();
    try {
      await perform(
        {
          callId: ids.next('req'),
          correlationId: call.correlationId,
          endpoint: '/v1/embeddings',
          // The model is the operator's choice.
          principal: { ...call.principal, models: null },
          isAdmitted: true,
          body: Buffer.from(JSON.stringify({ model, input: text, encoding_format: 'float' })),
          inPath: null,
          protocolHeaders: {},
          ownKey: undefined,
          tags: call.tags,
          endUserId: call.endUserId,
          sessionId: call.sessionId,
          featureId: call.featureId,
          startedAtMs: clock.nowMs(),
          startedMonotonicMs: clock.monotonicMs(),
          signal: AbortSignal.any([call.signal, AbortSignal.timeout(DEADLINE_MS)]),
        },
        out,
      );
      return vectorOf(out.text);
    } catch (error) {
      logger.warn(
        { err: error, callId: call.callId, model },
        'a question has no embedding: it is looked up by its words only',
      );
      return null;
    }
  };
}

class Collected implements Responder {
  private readonly chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }

  head(): void {
    // What is wrong shows in the body.
  }

  write(chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  end(chunk?: Buffer): void {
    if (chunk) this.chunks.push(chunk);
  }
}

/** The first vector of an answer, of length 1. @throws when there is none. */
function vectorOf(text: string): Float32Array {
  const { data } = JSON.parse(text) as { data?: { embedding?: unknown }[] };
  const embedding = data?.[0]?.embedding;
  if (!Array.isArray(embedding) || embedding.length === 0) throw new TypeError('the answer has no embedding');
  const length = Math.hypot(...(embedding as number[]));
  if (!(length > 0) || !Number.isFinite(length)) throw new TypeError('the embedding is no direction');
  return Float32Array.from(embedding as number[], (value) => value / length);
}
