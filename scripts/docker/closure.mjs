/** @typedef {{ folder: string, dependencies: string[] }} Manifest folder relative to the root; names of what it needs to run */

/**
 * @param {Map<string, Manifest>} manifests every workspace package by name (`@ao/kernel`)
 * @param {string} name the package to start from
 * @returns {string[]} names of the workspace packages that it needs to run, itself included, sorted
 * @throws {Error} when there is no such package
 */
export function closureOf(manifests, name) {
  /** @type {Set<string>} */
  const found = new Set();
  const visit = (/** @type {string} */ each) => {
    if (found.has(each)) return;
    found.add(each);
    for (const needed of manifests.get(each)?.dependencies ?? []) if (manifests.has(needed)) visit(needed);
  };
  if (!manifests.has(name)) throw new Error(`${name} is no package of this workspace`);
  visit(name);
  return [...found].toSorted();
}
