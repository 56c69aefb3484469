import { canaryFiles } from './canary.mjs';
import { missedPlants } from './index.mjs';

const tools = { node: process.execPath, env: process.env };

describe('boundaries', () => {
  it('finds every planted violation and nothing else', async () => {
    expect(await missedPlants(tools)).toEqual([]);
  });

  it('says so when a planted violation is not found', async () => {
    const files = { ...canaryFiles, 'apps/beta/src/near.ts': 'export const near = 1;\n' };
    expect(await missedPlants(tools, files)).toEqual(['not found: apps-never-import-apps apps/beta/src/near.ts']);
  });
});
