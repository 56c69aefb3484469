import { integer, loadSettings, setting, type Values } from '@ao/config';

export const analyticsSettings = {
  ANALYTICS_RETENTION_DAYS: setting({
    description: 'after how many days requests and wallet entries leave the warehouse; the ledger keeps its own',
    schema: integer(1, 3_650),
    default: 400,
  }),
} as const;

export type AnalyticsConfig = Values<typeof analyticsSettings>;
export const loadAnalyticsConfig = (environment: NodeJS.ProcessEnv): AnalyticsConfig =>
  loadSettings(analyticsSettings, environment);
