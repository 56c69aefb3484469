// Who may import whom. `scripts/checks/boundaries` plants a violation of every rule here and fails when one goes unseen.
const spec = '\\.spec\\.tsx?$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Files that need each other are one thing in two places.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      comment: 'Services meet on the bus. Only the composition root hosts them.',
      from: { path: '^apps/([^/]+)/', pathNot: ['^apps/standalone/'] },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-never-import-apps',
      severity: 'error',
      comment: 'Libraries and published packages stand below the services. What measures or proves them stands above.',
      from: { path: '^(libs|packages)/', pathNot: ['^packages/(bench|simulation)/'] },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-never-import-packages',
      severity: 'error',
      comment: 'Packages are for the outside. Test helpers may start the provider simulator.',
      from: { path: '^libs/', pathNot: ['^libs/testing/', spec] },
      to: { path: '^packages/' },
    },
    {
      name: 'kernel-imports-nothing-of-ours',
      severity: 'error',
      comment: 'Everything rests on the kernel.',
      from: { path: '^libs/kernel/' },
      to: { path: '^(apps|libs|packages)/', pathNot: '^libs/kernel/' },
    },
    {
      name: 'domain-imports-kernel-only',
      severity: 'error',
      comment:
        'Rules are pure: no library, no technology, no other layer. Exceptions: calendars, which nobody should write; the rules of prices, which two services share.',
      from: { path: '^apps/([^/]+)/src/domain/', pathNot: spec },
      to: { pathNot: ['^apps/$1/src/domain/', '^libs/(kernel|pricing)/', 'node_modules/temporal-polyfill/'] },
    },
    {
      name: 'application-knows-no-adapter',
      severity: 'error',
      comment: 'Use cases see ports; adapters implement them.',
      from: { path: '^apps/([^/]+)/src/application/', pathNot: spec },
      to: { path: '^apps/$1/src/(?!application/|domain/)' },
    },
    {
      name: 'adapters-know-no-wiring',
      severity: 'error',
      comment: 'Only the module and main.ts put the parts together.',
      from: { path: '^apps/([^/]+)/src/adapters/', pathNot: spec },
      to: { path: '^apps/$1/src/(main|[^/]+\\.module)\\.tsx?$' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: '/generated/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.spec.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
