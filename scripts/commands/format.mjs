import { prepareTools } from '../bootstrap/index.mjs';
import { formatArgs } from '../checks/format.mjs';
import { runAttached } from '../lib/process.mjs';

/** @type {import('./index.mjs').Command} */
export const format = {
  summary: 'format every file, or only check with --check',
  usage: '[--check] [files]',
  async run(args) {
    const { node, env } = await prepareTools();
    const files = args.filter((arg) => arg !== '--check');
    return runAttached(node, formatArgs(args.includes('--check') ? '--check' : '--write', files), { env });
  },
};
