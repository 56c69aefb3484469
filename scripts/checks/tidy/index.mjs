import { writeFileSync } from 'node:fs';
import { dim, say } from '../../lib/console.mjs';
import { StepFailure } from '../../lib/failure.mjs';
import { inRoot, root } from '../../lib/paths.mjs';
import { contractFiles } from './contracts.mjs';
import { processRules } from './processes.mjs';
import { rootConfig, rootReferences } from './references.mjs';
import { fileLength, largeFiles, migrationNumbers, serviceReadme } from './structure.mjs';
import { treeOf } from './tree.mjs';
import { environmentReaders, forbiddenWords } from './words.mjs';

/** @type {import('./tree.mjs').Rule[]} */
export const rules = [
  fileLength,
  migrationNumbers,
  serviceReadme,
  rootReferences,
  contractFiles,
  forbiddenWords,
  environmentReaders,
  processRules,
];

/**
 * Holds the repository against its own rules of shape.
 * @throws {StepFailure} with one line per problem
 */
export async function checkTidy() {
  const tree = treeOf(root);
  for (const path of largeFiles(tree)) say(dim(`  large: ${path}`));
  const problems = rules.flatMap(({ name, check }) => check(tree).map((problem) => `${problem}  [${name}]`));
  if (problems.length > 0) throw new StepFailure(`tidy: ${problems.length} to mend`, { tail: problems.join('\n') });
}

/** Rewrites the root tsconfig.json so that it refers to every package. */
export function mendReferences() {
  writeFileSync(inRoot('tsconfig.json'), rootConfig(treeOf(root)));
}
