import type { EncodedEvent } from '@ao/bus';
import type { Alert } from '../domain/alert.js';
import type { Channel, ChannelKind, Subscription } from '../domain/channel.js';
import type { Delivery, DeliveryStatus, Progress, SendOutcome } from '../domain/delivery.js';

export interface PageOf {
  limit: number;
  /** The id after which to go on. */
  after: string | undefined;
}

/** Where Nest finds the repositories: interfaces leave no trace at run time. */
export const CHANNEL_REPOSITORY = Symbol('ChannelRepository');
export const DELIVERY_REPOSITORY = Symbol('DeliveryRepository');

/** Channels. What changes one also appends its events, in the same transaction. */
export interface ChannelRepository {
  insert(channel: Channel, events: EncodedEvent[]): Promise<void>;
  /** Newest first. */
  list(orgId: string, page: PageOf): Promise<Channel[]>;
  count(orgId: string): Promise<number>;
  /** Forgets the channel and its secret, and gives up what waits for it. False when the organisation has no such one. */
  delete(orgId: string, channelId: string, events: EncodedEvent[]): Promise<boolean>;
}

/** An alert that an event asks for. */
export interface RaisedAlert {
  eventId: string;
  alert: Alert;
}

export interface AlertRepository {
  /**
   * Stores the alerts of events that were not seen before, with the deliveries that `plan` makes of each and the
   * channels of its organisation, in one transaction; gives the number of deliveries. `plan` may be called again.
   */
  raise(raised: RaisedAlert[], plan: (alert: Alert, channels: Subscription[]) => Delivery[]): Promise<number>;
  /** Removes alerts (and their deliveries) older than that, some at a time; true when there may be more. */
  removeBefore(createdAtMs: number): Promise<boolean>;
  /** Forgets, some at a time, which events were seen; true when there may be more. */
  forgetEvents(retentionMs: number): Promise<boolean>;
}

export type DeliveryRow = Delivery & { alertType: string; subject: string };

export interface DeliveryRepository {
  /** Newest first. */
  list(orgId: string, page: PageOf & { status: DeliveryStatus | undefined }): Promise<DeliveryRow[]>;
}

/** A delivery whose next attempt is the holder's alone until its lease ends. */
export interface ClaimedDelivery {
  id: string;
  orgId: string;
  channelId: string;
  /** This attempt included. */
  attempts: number;
  /** Null: this version cannot read it, because a newer one wrote it. */
  content: DeliveryContent | null;
}

export interface DeliveryContent {
  alert: Alert;
  /** Null: it was deleted. */
  channel: Pick<Channel, 'kind' | 'url' | 'sealedSecret'> | null;
}

export interface ClaimOptions {
  nowMs: number;
  leaseMs: number;
  limit: number;
  /** Channels that are being sent to: at most one delivery per channel is under way, so a slow one holds up itself only. */
  busyChannelIds: string[];
}

export interface DeliveryQueue {
  /** Takes due deliveries, at most one per channel; a holder that dies loses them when the lease ends. */
  claim(options: ClaimOptions): Promise<ClaimedDelivery[]>;
  /** Without effect when the lease has ended and another holder has taken the delivery. */
  record(claimed: ClaimedDelivery, progress: Progress): Promise<void>;
}

export interface OutgoingAlert {
  deliveryId: string;
  alert: Alert;
  url: string;
  secret: string;
}

/** A way out: one for each kind of channel. */
export interface ChannelSender {
  /** Why nothing can be sent to this URL, in a sentence for the one who asked; null when it can. */
  refusalOf(url: string): Promise<string | null>;
  /** Never rejects for what the receiver does; ends within its own deadline. */
  send(message: OutgoingAlert): Promise<SendOutcome>;
  close(): Promise<void>;
}

export type ChannelSenders = Readonly<Record<ChannelKind, ChannelSender>>;

/** Seals what must be stored but not read from the store. */
export interface Seal {
  seal(secret: string): string;
  open(sealed: string): string;
}
