import { readFileSync } from 'node:fs';

/** The version that a package.json states: `readVersion(new URL('../package.json', import.meta.url))`. */
export function readVersion(packageJson: URL): string {
  return (JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }).version;
}
