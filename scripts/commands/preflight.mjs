import { prepareTools } from '../bootstrap/index.mjs';
import { runGates } from '../checks/gates.mjs';
import { say } from '../lib/console.mjs';
import { runProject } from './test.mjs';

/** @type {import('./index.mjs').Command} */
export const preflight = {
  summary: 'what must hold before a commit: format, lint, types, boundaries, dead code, tidiness, unit tests',
  usage: 'No arguments.',
  async run() {
    const tools = await prepareTools();
    const total = await runGates(tools);
    await runProject(tools, 'unit', {}, total);
    say(`${total.passed} passed, ${total.failed} failed`);
    return total.failed > 0 ? 1 : 0;
  },
};
