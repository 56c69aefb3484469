import { rendezvousDistance, stableHash } from '../hash.js';
import type { Candidate } from '../table/candidate.js';
import type { Strategy } from '../strategies/strategy.js';

/** As long as providers keep the beginning of a prompt at least. */
const TTL_MS = 300_000;
/** Some ten megabytes. */
const CONVERSATIONS_MAX = 50_000;

interface Remembered {
  deploymentId: string;
  untilMs: number;
}

/** Which deployment served a conversation last, and so has its beginning in its cache (BX-017). Outlives routing tables. */
export class ConversationAffinity {
  /** Oldest use first. */
  private readonly conversations = new Map<string, Remembered>();

  constructor(
    private readonly ttlMs = TTL_MS,
    private readonly conversationsMax = CONVERSATIONS_MAX,
  ) {}

  /** A deployment has served a call of the conversation. Times are monotonic milliseconds. */
  remember(key: string, deploymentId: string, nowMs: number): void {
    this.conversations.delete(key);
    this.conversations.set(key, { deploymentId, untilMs: nowMs + this.ttlMs });
    if (this.conversations.size > this.conversationsMax) {
      this.conversations.delete(this.conversations.keys().next().value!);
    }
  }

  /** The deployment that served it last; null: none, or too long ago. */
  recall(key: string, nowMs: number): string | null {
    const remembered = this.conversations.get(key);
    if (!remembered) return null;
    if (nowMs < remembered.untilMs) return remembered.deploymentId;
    this.conversations.delete(key);
    return null;
  }

  get size(): number {
    return this.conversations.size;
  }
}

const hashes = new WeakMap<Candidate, number>();

/** Where a conversation goes that nobody remembers: every gateway finds the same deployment, without a word between them. */
export function byConversation(key: string): Strategy {
  const conversation = stableHash(key);
  return {
    pick({ members, weights, weightTotal }, takes) {
      let nearest: Candidate | null = null;
      let distanceMin = Infinity;
      for (let index = 0; index < members.length; index += 1) {
        const candidate = members[index]!;
        // Where no weight says otherwise all are alike.
        const weight = weightTotal > 0 ? weights[index]! : 1;
        const distance = rendezvousDistance(conversation, hashOf(candidate), weight);
        if ((nearest === null || distance < distanceMin) && takes(candidate)) {
          nearest = candidate;
          distanceMin = distance;
        }
      }
      return nearest;
    },
  };
}

function hashOf(candidate: Candidate): number {
  let hash = hashes.get(candidate);
  if (hash === undefined) {
    hash = stableHash(candidate.deployment.id);
    hashes.set(candidate, hash);
  }
  return hash;
}
