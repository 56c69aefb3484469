/**
 * A small tree in which every rule is broken once. Path → text; what must be found stands below.
 * @type {Record<string, string>}
 */
export const canaryFiles = {
  'apps/alpha/src/index.ts': "export const alpha = 'alpha';\n",
  'apps/alpha/src/alpha.module.ts': 'export class AlphaModule {}\n',
  'apps/alpha/src/domain/money.ts': "import { join } from 'node:path';\nexport const money = join('a', 'b');\n",
  'apps/alpha/src/domain/rule.ts': "import type { Store } from '../application/ports.js';\nexport type Rule = Store;\n",
  'apps/alpha/src/domain/clean.ts': "import { kernel } from '@ao/kernel';\nexport const clean = kernel;\n",
  'apps/alpha/src/domain/clean.spec.ts': "import { join } from 'node:path';\njoin('a', 'b');\n",
  'apps/alpha/src/application/ports.ts': 'export interface Store {\n  name: string;\n}\n',
  'apps/alpha/src/application/act.ts': "import { store } from '../adapters/store.js';\nexport const act = store;\n",
  'apps/alpha/src/adapters/store.ts': "export const store = 'store';\n",
  'apps/alpha/src/adapters/wiring.ts':
    "import { AlphaModule } from '../alpha.module.js';\nexport const wiring = AlphaModule;\n",
  'apps/beta/src/index.ts': "import { alpha } from '@ao/alpha';\nexport const beta = alpha;\n",
  'apps/beta/src/near.ts': "import { alpha } from '../../alpha/src/index.js';\nexport const near = alpha;\n",
  'apps/standalone/src/index.ts': "import { alpha } from '@ao/alpha';\nexport const standalone = alpha;\n",
  'libs/kernel/src/index.ts': "import { wide } from '@ao/wide';\nexport const kernel = wide;\n",
  'libs/wide/src/index.ts': "export const wide = 'wide';\n",
  'libs/wide/src/upwards.ts': "import { alpha } from '@ao/alpha';\nexport const upwards = alpha;\n",
  'libs/wide/src/outwards.ts': "import { tool } from '@ao/tool';\nexport const outwards = tool;\n",
  'libs/wide/src/circle-one.ts': "import { two } from './circle-two.js';\nexport const one: string = two;\n",
  'libs/wide/src/circle-two.ts': "import type { one } from './circle-one.js';\nexport const two: typeof one = 'two';\n",
  'packages/tool/src/index.ts': "export const tool = 'tool';\n",
  'packages/tool/src/upwards.ts': "import { alpha } from '@ao/alpha';\nexport const upwards = alpha;\n",
  'packages/simulation/src/index.ts': "import { alpha } from '@ao/alpha';\nexport const simulation = alpha;\n",
};

/** Rule and importing file of every planted violation. */
export const plantedViolations = [
  'domain-imports-kernel-only apps/alpha/src/domain/money.ts',
  'domain-imports-kernel-only apps/alpha/src/domain/rule.ts',
  'application-knows-no-adapter apps/alpha/src/application/act.ts',
  'adapters-know-no-wiring apps/alpha/src/adapters/wiring.ts',
  'apps-never-import-apps apps/beta/src/index.ts',
  'apps-never-import-apps apps/beta/src/near.ts',
  'kernel-imports-nothing-of-ours libs/kernel/src/index.ts',
  'libs-never-import-apps libs/wide/src/upwards.ts',
  'libs-never-import-apps packages/tool/src/upwards.ts',
  'libs-never-import-packages libs/wide/src/outwards.ts',
  'no-cycles libs/wide/src/circle-one.ts',
];
