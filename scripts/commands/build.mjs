import { bootstrap } from '../bootstrap/index.mjs';
import { say } from '../lib/console.mjs';

/** @type {import('./index.mjs').Command} */
export const build = {
  summary: 'install what is missing, generate the database clients, compile and bundle everything',
  usage: 'No arguments. Does nothing when nothing changed.',
  async run() {
    await bootstrap();
    say('Build is up to date.');
    return 0;
  },
};
