import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@ao/runtime';
import { NotificationModule } from './notification.module.js';

export { notificationSettings } from './config.js';

/** Alert channels, alerts and their delivery. */
export const notificationService: ServiceDefinition = {
  name: 'notification',
  migrationsDirectory: fileURLToPath(new URL('../../../prisma/notification/migrations', import.meta.url)),
  build: (context) => NotificationModule.register(context),
};
