import { codeFiles, isTest } from './tree.mjs';

/** @typedef {import('./tree.mjs').Rule} Rule */

// Written in pieces, so that this file does not find itself.
const unfinished = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['X', 'XX'],
  ['HA', 'CK'],
].map((parts) => new RegExp(`\\b${parts.join('')}\\b`));

/** @type {{ pattern: RegExp, advice: string }[]} */
const forbidden = [
  ...unfinished.map((pattern) => ({ pattern, advice: 'finish it, or open an issue and take the note out' })),
  { pattern: /throw new \w*Error\(['"`][^'"`]*not (yet )?implemented/i, advice: 'build it or leave it out' },
  { pattern: /\bplaceholder (implementation|until|for now)\b/i, advice: 'build it or leave it out' },
  { pattern: new RegExp(['@ts-', '(ignore|nocheck)\\b'].join('')), advice: 'mend the type' },
  {
    pattern: new RegExp(['\\b(eslint|oxlint)-', 'disable\\b'].join('')),
    advice: 'mend the code, or change the rule for all',
  },
];

/** @type {{ pattern: RegExp, advice: string }[]} */
const forbiddenInTests = [
  {
    pattern: /\b(it|test|describe)\.(skip|only|todo)\b|\b(xit|xdescribe|xtest|fit|fdescribe)\(/,
    advice: 'every test runs, always',
  },
  { pattern: /expect\(true\)\.(toBe\(true\)|toBeTruthy\(\))/, advice: 'assert something that could be false' },
];

/**
 * @param {string} path
 * @param {string} text
 * @param {{ pattern: RegExp, advice: string }[]} rules
 * @returns {string[]}
 */
function findings(path, text, rules) {
  return text.split('\n').flatMap((line, index) =>
    rules.flatMap(({ pattern, advice }) => {
      const match = pattern.exec(line);
      return match ? [`${path}:${index + 1}: "${match[0]}": ${advice}`] : [];
    }),
  );
}

/** @type {Rule} Unfinished work belongs in an issue, where somebody sees it. */
export const forbiddenWords = {
  name: 'forbidden words',
  check: (tree) =>
    codeFiles(tree).flatMap((path) =>
      findings(path, tree.read(path), isTest(path) ? [...forbidden, ...forbiddenInTests] : forbidden),
    ),
};

/** @type {Rule} One reader of the environment per package: every setting is parsed, checked and documented in one place. */
export const environmentReaders = {
  name: 'process.env',
  check: (tree) =>
    codeFiles(tree)
      .filter((path) => /^(apps|libs|packages)\//.test(path) && !isTest(path) && !/(^|\/)config\.ts$/.test(path))
      // Config files of build tools (vite.config.ts) and test helpers are no part of a running service.
      .filter((path) => !/\.config\.(ts|mjs)$|^libs\/testing\//.test(path))
      .flatMap((path) =>
        findings(path, tree.read(path), [
          { pattern: /\bprocess\.env\b/, advice: 'only config.ts reads the environment' },
        ]),
      ),
};
