import {
  describeSettings,
  loadSettings,
  parseModelConfig,
  platformSettings,
  readModelConfigFile,
  type Settings,
} from '@ao/config';
import { agentsSettings } from '@ao/agents';
import { analyticsSettings } from '@ao/analytics';
import { gatewaySettings } from '@ao/gateway';
import { identitySettings } from '@ao/identity';
import { meteringSettings } from '@ao/metering';
import { notificationSettings } from '@ao/notification';
import { routingSettings } from '@ao/routing';
import { serviceProcessSettings } from '@ao/runtime';
import { walletSettings } from '@ao/wallet';
import { loadStandaloneConfig, standaloneSettings } from './config.js';

const GROUPS: [title: string, settings: Settings][] = [
  ['The platform', platformSettings],
  ['npm start', standaloneSettings],
  ['gateway', gatewaySettings],
  ['identity', identitySettings],
  ['wallet', walletSettings],
  ['metering', meteringSettings],
  ['routing', routingSettings],
  ['notification', notificationSettings],
  ['analytics', analyticsSettings],
  ['agents', agentsSettings],
  ['A service in a process of its own', serviceProcessSettings],
];

/** The text of `.env.example`: every setting of every service, from the definitions that read them. */
export function settingsText(): string {
  const head = '# Every setting, at its default. Written by `npm run settings`; tests compare it with the code.\n';
  return [head, ...GROUPS.map(([title, settings]) => describeSettings(title, settings))].join('\n');
}

/**
 * Reads every setting of every service once, and the model file, before anything is started.
 * @throws StartupError that names all bad ones together, or all that is wrong with the file.
 */
export function checkSettings(environment: NodeJS.ProcessEnv): void {
  // The first definition of a name counts: in one process PORT is the gateway's.
  const settings = Object.assign({}, ...GROUPS.map(([, group]) => group).toReversed()) as Settings;
  loadSettings(settings, environment);
  const { AO_CONFIG: path } = loadStandaloneConfig(environment);
  if (path !== undefined) parseModelConfig(readModelConfigFile(path), environment);
}
