import { flag, integer, loadSettings, setting, type Values } from '@ao/config';

export const notificationSettings = {
  ALLOW_PRIVATE_WEBHOOK_URLS: setting({
    description: 'whether webhooks may go to loopback and private networks; link-local and metadata addresses never',
    schema: flag(),
    default: false,
  }),
  WEBHOOK_TIMEOUT_MS: setting({
    description: 'how long a receiver may take to connect and answer, both together',
    schema: integer(50, 60_000),
    default: 5_000,
  }),
  ALERT_ATTEMPTS_MAX: setting({
    description: 'how often a delivery is tried before it is given up',
    schema: integer(1, 50),
    default: 8,
  }),
  ALERT_RETRY_DELAY_FIRST_MS: setting({
    description: 'delay before the second attempt; each later one is three times as long, an hour at most',
    schema: integer(1, 3_600_000),
    default: 3_000,
  }),
  ALERT_POLL_MS: setting({
    description: 'how often to look for deliveries that are due; new ones of this process go out at once',
    schema: integer(10, 60_000),
    default: 1_000,
  }),
  ALERT_DELIVERIES_IN_FLIGHT_MAX: setting({
    description: 'deliveries that one process sends at the same time, one per channel',
    schema: integer(1, 1_000),
    default: 32,
  }),
  ALERT_CHANNELS_PER_ORGANISATION_MAX: setting({
    description: 'how many alert channels one organisation may have',
    schema: integer(1, 10_000),
    default: 100,
  }),
  ALERT_RETENTION_DAYS: setting({
    description: 'how long alerts and their deliveries are kept',
    schema: integer(1, 3_650),
    default: 90,
  }),
} as const;

type NotificationConfig = Values<typeof notificationSettings>;
export const loadNotificationConfig = (environment: NodeJS.ProcessEnv): NotificationConfig =>
  loadSettings(notificationSettings, environment);
