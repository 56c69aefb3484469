/** The one place of the runtime where the process's own environment is read; everything else is handed it. */
export const processEnvironment = (): NodeJS.ProcessEnv => process.env;
