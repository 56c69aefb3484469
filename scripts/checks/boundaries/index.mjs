import { copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StepFailure } from '../../lib/failure.mjs';
import { inRoot, root } from '../../lib/paths.mjs';
import { runQuietly } from '../../lib/process.mjs';
import { tools as programs } from '../../lib/tools.mjs';
import { canaryFiles, plantedViolations } from './canary.mjs';

/** @typedef {import('../../bootstrap/index.mjs').Toolchain} Toolchain */
/** @typedef {{ rule: string, from: string, to: string }} Violation */

/**
 * Holds every import against `.dependency-cruiser.mjs`, after proving on a planted tree that the tool sees violations at all:
 * with a TypeScript that it cannot read it would find nothing and pass.
 * @param {Toolchain} tools
 * @throws {StepFailure}
 */
export async function checkBoundaries(tools) {
  const unseen = await missedPlants(tools);
  if (unseen.length > 0) {
    throw new StepFailure('boundaries: the check itself is broken, it does not see planted violations', {
      tail: unseen.join('\n'),
    });
  }
  const violations = await cruise(tools, root);
  if (violations.length > 0) {
    const tail = violations.map(({ rule, from, to }) => `${from} → ${to}  [${rule}]`).join('\n');
    throw new StepFailure(
      `boundaries: ${violations.length} imports cross a boundary (.dependency-cruiser.mjs says why)`,
      { tail },
    );
  }
}

/**
 * @param {Toolchain} tools
 * @param {Record<string, string>} [files] the canary tree
 * @returns {Promise<string[]>} what differs between the planted and the found violations, both ways
 */
export async function missedPlants(tools, files = canaryFiles) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ao-canary-')));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    for (const config of ['tsconfig.base.json', 'tsconfig.spec.json'])
      copyFileSync(inRoot(config), join(folder, config));
    const found = new Set((await cruise(tools, folder)).map(({ rule, from }) => `${rule} ${from}`));
    return [
      ...plantedViolations.filter((planted) => !found.has(planted)).map((planted) => `not found: ${planted}`),
      // The other half of the circle is reported as well, once for each of its files.
      ...[...found]
        .filter((one) => !plantedViolations.includes(one) && !one.startsWith('no-cycles'))
        .map((one) => `found, not planted: ${one}`),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Toolchain} tools
 * @param {string} folder root of the tree
 * @returns {Promise<Violation[]>}
 */
async function cruise({ node, env }, folder) {
  const groups = ['apps', 'libs', 'packages'].filter((group) => existsSync(join(folder, group)));
  const args = [
    programs.dependencyCruiser(),
    '--config',
    inRoot('.dependency-cruiser.mjs'),
    '--output-type',
    'json',
    ...groups,
  ];
  const { output } = await runQuietly(node, args, { cwd: folder, env });
  /** @type {{ summary: { violations: { rule: { name: string }, from: string, to: string }[], totalCruised: number } }} */
  const { summary } = parseReport(output);
  if (summary.totalCruised === 0) throw new StepFailure('boundaries: dependency-cruiser read no file');
  return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

/** @param {string} output */
function parseReport(output) {
  try {
    return JSON.parse(output.slice(output.indexOf('{')));
  } catch {
    throw new StepFailure('boundaries: dependency-cruiser did not run', { tail: output.slice(0, 4000) });
  }
}
