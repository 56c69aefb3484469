import { readFileSync, readdirSync } from 'node:fs';
import type { AdminRoute } from './admin-routes.js';

const modules = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.routes.ts'));

/** Every admin route, from every file of routes in this folder. */
async function registered(): Promise<string[]> {
  const exported = await Promise.all(
    modules.map(async (file) => (await import(`./${file.replace(/\.ts$/, '.js')}`)) as Record<string, AdminRoute[]>),
  );
  const routes = exported.flatMap((module) => Object.values(module).flat());
  return routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
}

const documented = readFileSync('docs/admin-api.md', 'utf8')
  .split('\n')
  .flatMap((line) => /^\| `([A-Z]+ \/(?:api\/)?v1\/[^`]+)` +\|/.exec(line)?.[1] ?? []);

describe('docs/admin-api.md', () => {
  it('names each admin route once, and no other', async () => {
    const routes = await registered();
    expect(routes.length).toBeGreaterThan(30);
    expect(documented.toSorted()).toEqual(routes.toSorted());
  });
});
