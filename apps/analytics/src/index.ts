import type { ServiceDefinition } from '@ao/runtime';
import { AnalyticsModule } from './analytics.module.js';

export { analyticsSettings } from './config.js';

/** What was used and spent, in ClickHouse, and the questions about it. */
export const analyticsService: ServiceDefinition = {
  name: 'analytics',
  build: (context) => AnalyticsModule.register(context),
};
