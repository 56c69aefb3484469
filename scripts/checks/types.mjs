import { existsSync } from 'node:fs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot, workspacePackages } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { tools } from '../lib/tools.mjs';

/**
 * Type-checks what the build leaves out: every spec file, and the scripts themselves.
 * @param {import('../bootstrap/index.mjs').Toolchain} tools
 * @throws {StepFailure}
 */
export async function checkTypes({ node, env }) {
  // A package whose tests need other compiler options (the browser's) brings a tsconfig.spec.json of its own.
  const own = workspacePackages()
    .map(({ folder }) => `${folder}/tsconfig.spec.json`)
    .filter((path) => existsSync(inRoot(path)));
  for (const project of ['tsconfig.spec.json', ...own]) {
    const { code, output } = await runQuietly(node, [tools.tsc(), '-p', project], { env });
    if (code !== 0) throw new StepFailure(`types: mend the errors above (${project})`, { tail: output.trimEnd() });
  }
}
