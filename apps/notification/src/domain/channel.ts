/** The ways out. Each has a folder of its own among the adapters, with the same file names. */
export type ChannelKind = 'webhook';

/** Where an organisation wants its alerts. */
export interface Channel {
  id: string;
  orgId: string;
  name: string;
  kind: ChannelKind;
  url: string;
  /** Null: alerts of every type. */
  alertTypes: string[] | null;
  active: boolean;
  /** Signs what is sent; sealed, because it must be read again for every delivery. */
  sealedSecret: string;
  createdAtMs: number;
}

/** What decides whether a channel gets an alert. */
export type Subscription = Pick<Channel, 'id' | 'orgId' | 'alertTypes' | 'active'>;

export function subscribes(channel: Subscription, alert: { orgId: string; facts: { type: string } }): boolean {
  if (!channel.active || channel.orgId !== alert.orgId) return false;
  return channel.alertTypes === null || channel.alertTypes.includes(alert.facts.type);
}

const SECRET_PREFIX = 'whsec_';

/** 256 bits of randomness, as the key of HMAC-SHA-256 wants it. */
export function newChannelSecret(randomBytes: (size: number) => Buffer): string {
  return SECRET_PREFIX + randomBytes(32).toString('base64url');
}
