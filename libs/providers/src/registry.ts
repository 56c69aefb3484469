import { AppError } from '@ao/kernel';
import type { CreateConnector } from './connector.js';
import type { Capabilities, ConversationProtocol } from './endpoints.js';
import { HttpConnector } from './http-connector.js';
import type { ProviderProfile } from './profile.js';
import { PROFILES } from './profiles/index.js';
import { passThrough } from './profiles/pass-through.js';

interface Kind {
  readonly profile: ProviderProfile;
  readonly capabilities: Capabilities;
}

const KINDS: ReadonlyMap<string, Kind> = new Map(
  // A pass-through is no provider of models: it comes from AO_CONFIG alone, and nobody can name it as a kind.
  [...PROFILES, passThrough].flatMap((profile) => {
    const kind = { profile, capabilities: toCapabilities(profile) };
    return [profile.kind, ...(profile.aliases ?? [])].map((name): [string, Kind] => [name, kind]);
  }),
);

/** All kinds that a provider can be configured as, other names of the same included. */
export const PROVIDER_KINDS: readonly string[] = [...KINDS.keys()].filter((name) => name !== passThrough.kind);

/** Throws `invalid_parameter` for a kind that nobody has registered. */
export function connectorFor(kind: string): CreateConnector {
  const { profile, capabilities } = kindOf(kind);
  return (parts) => new HttpConnector(profile, capabilities, parts);
}

/** What a kind of provider can do. Constant time. Throws as `connectorFor`. */
export function capabilitiesOf(kind: string): Capabilities {
  return kindOf(kind).capabilities;
}

/** What one model of a provider speaks, the preferred protocol first: not all models of a cloud are of one maker. */
export function protocolsFor(kind: string, model: string): readonly ConversationProtocol[] {
  const { profile } = kindOf(kind);
  return profile.protocolsFor?.(model) ?? profile.protocols;
}

function kindOf(name: string): Kind {
  const kind = KINDS.get(name);
  if (kind !== undefined) return kind;
  throw new AppError(
    'invalid_parameter',
    `There is no provider kind '${name}'. Use one of: ${PROVIDER_KINDS.join(', ')}.`,
    { param: 'kind' },
  );
}

function toCapabilities(profile: ProviderProfile): Capabilities {
  const { protocols, embeddings, streamUsage, outputLimitField = 'max_tokens', continuation = null, paths } = profile;
  return { protocols, embeddings, endpoints: new Set(Object.keys(paths)), streamUsage, outputLimitField, continuation };
}
