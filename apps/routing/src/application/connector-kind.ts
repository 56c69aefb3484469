import { PROVIDER_KINDS } from '@ao/providers';

/** The connector that serves a provider of a kind: one of its own, or that of OpenAI's protocol, which most vendors speak. */
export const connectorKindOf = (kind: string): string => (PROVIDER_KINDS.includes(kind) ? kind : 'openai');
