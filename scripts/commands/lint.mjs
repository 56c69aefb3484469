import { prepareTools } from '../bootstrap/index.mjs';
import { lintArgs } from '../checks/lint.mjs';
import { runAttached } from '../lib/process.mjs';

/** @type {import('./index.mjs').Command} */
export const lint = {
  summary: 'check the code rules',
  usage: '[files] [--fix]  further arguments are those of oxlint',
  async run(args) {
    const { node, env } = await prepareTools();
    return runAttached(node, lintArgs(args), { env });
  },
};
