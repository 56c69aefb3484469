import { checkTidy, mendReferences } from '../checks/tidy/index.mjs';
import { say } from '../lib/console.mjs';

/** @type {import('./index.mjs').Command} */
export const tidy = {
  summary: "check the repository's own rules of shape",
  usage: '[--fix]  writes the missing references into tsconfig.json first',
  async run(args) {
    if (args.includes('--fix')) mendReferences();
    await checkTidy();
    say('The repository is tidy.');
    return 0;
  },
};
