import { flag, loadSettings, setting, text, type Values } from '@ao/config';
import { processEnvironment } from '@ao/runtime';

export const standaloneSettings = {
  AO_CONFIG: setting({ description: 'path of a YAML file with models and settings', schema: text() }),
  OPENAI_API_KEY: setting({ description: 'opens direct OpenAI', schema: text(512), secret: true }),
  AO_DEMO: setting({
    description:
      'true: offer the built-in demo provider beside the real ones; false: never; unset: while there are no real ones',
    schema: flag(),
  }),
} as const;

export type StandaloneConfig = Values<typeof standaloneSettings>;
export const loadStandaloneConfig = (environment: NodeJS.ProcessEnv): StandaloneConfig =>
  loadSettings(standaloneSettings, environment);
export const environment = processEnvironment;
