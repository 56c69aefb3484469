import pinoPretty from 'pino-pretty';

/** Lines for people; colours only where a person reads them. */
export const pretty = (): ReturnType<typeof pinoPretty> =>
  pinoPretty({
    colorize: process.stdout.isTTY === true,
    ignore: 'pid,hostname',
    translateTime: 'HH:MM:ss.l',
    sync: true,
  });
