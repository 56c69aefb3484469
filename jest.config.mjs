// Three costs, three suffixes: `.spec.ts` is pure, `.int.spec.ts` needs real servers, `.e2e.spec.ts` the whole platform.
import { existsSync } from 'node:fs';
import { inRoot, workspacePackages } from './scripts/lib/paths.mjs';

// Tests see the sources of every package, so no build has to come first.
const sources = Object.fromEntries(
  workspacePackages()
    .filter(({ folder }) => existsSync(inRoot(folder, 'src', 'index.ts')))
    .flatMap(({ name, folder }) => [
      [`^@ao/${name}$`, `<rootDir>/${folder}/src/index.ts`],
      [`^@ao/${name}/(.*)$`, `<rootDir>/${folder}/src/$1/index.ts`],
    ]),
);

/** @param {boolean} tsx */
const transform = (tsx) => [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true, tsx },
      transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic' } },
      target: 'es2023',
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { ...sources, '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['/dist/', '/.tools/', '/.data/'],
  // Generated code is the generator's to test.
  coveragePathIgnorePatterns: ['/node_modules/', '/dist/', '/generated/', '/__fixtures__/'],
  transform: { '\\.ts$': transform(false), '\\.tsx$': transform(true) },
};

const servers = {
  globalSetup: '<rootDir>/libs/testing/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/global-teardown.mjs',
};

export default {
  // A busy machine is slow, not wrong: a hang still ends, and no test asserts how fast it ran.
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: 'unit', testRegex: '(?<!\\.int|\\.e2e)\\.spec\\.tsx?$' },
    { ...shared, ...servers, displayName: 'int', testRegex: '\\.int\\.spec\\.tsx?$' },
    { ...shared, ...servers, displayName: 'e2e', testRegex: '\\.e2e\\.spec\\.tsx?$' },
  ],
};
