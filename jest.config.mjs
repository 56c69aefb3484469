// Three costs, three suffixes: `.spec.ts` is pure, `.int.spec.ts` needs real servers, `.e2e.spec.ts` the whole platform.
import { folderNames, inRoot } from './scripts/lib/paths.mjs';

const sources = Object.fromEntries(
  ['libs', 'apps', 'packages'].flatMap((folder) =>
    folderNames(inRoot(folder)).flatMap((name) => [
      [`^@ao/${name}$`, `<rootDir>/${folder}/${name}/src/index.ts`],
      [`^@ao/${name}/(.*)$`, `<rootDir>/${folder}/${name}/src/$1/index.ts`],
    ]),
  ),
);

const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { ...sources, '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['/dist/', '/.tools/', '/.data/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2023',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

const servers = {
  globalSetup: '<rootDir>/libs/testing/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/global-teardown.mjs',
};

export default {
  projects: [
    { ...shared, displayName: 'unit', testRegex: '(?<!\\.int|\\.e2e)\\.spec\\.tsx?$' },
    { ...shared, ...servers, displayName: 'int', testRegex: '\\.int\\.spec\\.tsx?$' },
    { ...shared, ...servers, displayName: 'e2e', testRegex: '\\.e2e\\.spec\\.tsx?$' },
  ],
};
