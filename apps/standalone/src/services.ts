import { agentsService } from '@ao/agents';
import { analyticsService } from '@ao/analytics';
import { governanceService } from '@ao/governance';
import { identityService } from '@ao/identity';
import { meteringService } from '@ao/metering';
import { notificationService } from '@ao/notification';
import { routingService } from '@ao/routing';
import type { ServiceDefinition } from '@ao/runtime';
import { walletService } from '@ao/wallet';

/** Every service of the platform but the gateway, which is not asked over the bus. */
export const services: ServiceDefinition[] = [
  walletService,
  identityService,
  routingService,
  meteringService,
  governanceService,
  notificationService,
  analyticsService,
  agentsService,
];
