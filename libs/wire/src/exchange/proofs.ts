import type { Answer, AnswerEvent, AnswerPart, ConversationRequest, Part } from '../canonical/index.js';
import type { ConversationProtocol } from '../protocol.js';

/**
 * A provider's proof of its thoughts goes back to that provider's protocol only: another one refuses the whole call for
 * it. On its way through a client of another protocol it is labelled with whose it is.
 */
const LABEL = /^ao-([a-z-]+):/;

const label = (proof: string | null, owner: ConversationProtocol): string | null =>
  proof === null ? null : `ao-${owner}:${proof}`;

/** The proof for its owner; null for anyone else. One without a label is from the client's own protocol. */
function unlabel(proof: string | null, client: ConversationProtocol, provider: ConversationProtocol): string | null {
  const owner = proof === null ? null : LABEL.exec(proof)?.[1];
  if (proof === null || (owner ?? client) !== provider) return null;
  return owner === undefined ? proof : proof.replace(LABEL, '');
}

export function labelAnswer(answer: Answer, owner: ConversationProtocol): Answer {
  const choices = answer.choices.map((choice) => ({
    ...choice,
    parts: choice.parts.map((part) => labelPart(part, owner)),
  }));
  return { ...answer, choices };
}

function labelPart(part: AnswerPart, owner: ConversationProtocol): AnswerPart {
  if (part.type === 'reasoning') {
    return { ...part, signature: label(part.signature, owner), redacted: label(part.redacted, owner) };
  }
  if (part.type !== 'tool_call' || part.signature === undefined) return part;
  return { ...part, signature: label(part.signature, owner)! };
}

export function labelEvent(event: AnswerEvent, owner: ConversationProtocol): AnswerEvent {
  if (event.type === 'reasoning_proof') {
    return { ...event, signature: label(event.signature, owner), redacted: label(event.redacted, owner) };
  }
  if (event.type !== 'tool_call' || event.signature === undefined) return event;
  return { ...event, signature: label(event.signature, owner)! };
}

/** The request with the proofs that are the provider's own, and no others. */
export function keepOwnProofs(
  request: ConversationRequest,
  client: ConversationProtocol,
  provider: ConversationProtocol,
): ConversationRequest {
  const messages = request.messages.map((message) => ({
    ...message,
    parts: message.parts.flatMap((part) => keepOwn(part, client, provider)),
  }));
  return { ...request, messages };
}

function keepOwn(part: Part, client: ConversationProtocol, provider: ConversationProtocol): Part[] {
  if (part.type === 'reasoning') {
    const redacted = unlabel(part.redacted, client, provider);
    // Sealed thoughts of another provider are nothing that this one could read.
    if (part.redacted !== null && redacted === null) return [];
    return [{ ...part, signature: unlabel(part.signature, client, provider), redacted }];
  }
  if (part.type !== 'tool_call' || part.signature === undefined) return [part];
  const { signature, ...call } = part;
  const own = unlabel(signature, client, provider);
  return [own === null ? call : { ...call, signature: own }];
}
