import type { ConversationRequest } from './request.js';

/** What a protocol has no word for: of the parameters those that are given, and what the form of nobody's could not hold. */
export const droppedOf = (
  { inexpressible }: ConversationRequest,
  ...parameters: readonly (readonly [name: string, isGiven: boolean])[]
): string[] => [...parameters.filter(([, isGiven]) => isGiven).map(([name]) => name), ...inexpressible];
