import { loadSettings, platformSettings } from '@ao/config';

const settings = { DATABASE_URL: platformSettings.DATABASE_URL } as const;

/** The database to migrate; undefined when none was named. */
export const databaseUrl = (): string | undefined => loadSettings(settings, process.env).DATABASE_URL;
