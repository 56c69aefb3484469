// Jest runs its global setup outside its own transforms. This lets that process import our TypeScript sources as the
// tests do, so that no build has to come first.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = path.resolve(import.meta.dirname, '../../..');

registerHooks({
  resolve(specifier, context, next) {
    const [, name] = /^@ao\/([a-z-]+)$/.exec(specifier) ?? [];
    const source =
      name && ['libs', 'packages'].map((folder) => path.join(root, folder, name, 'src/index.ts')).find(existsSync);
    if (source) return { url: pathToFileURL(source).href, shortCircuit: true };
    if (specifier.startsWith('.') && context.parentURL?.endsWith('.ts')) {
      return next(specifier.replace(/\.js$/, '.ts'), context);
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const file = fileURLToPath(url);
    const { code } = transformSync(readFileSync(file, 'utf8'), {
      filename: file,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
