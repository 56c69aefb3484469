/** @type {import('./tree.mjs').Rule} The example is what tests and documents show; the owner is who may publish. */
export const contractFiles = {
  name: 'contracts',
  check: (tree) =>
    tree.files
      .filter((path) => /^libs\/contracts\/src\/(rpc|events|snapshots)\/.+\.ts$/.test(path))
      .filter((path) => !/(\.spec|\/index|\/define)\.ts$/.test(path))
      .flatMap((path) => {
        const text = tree.read(path);
        return [
          ...(/\bowner:/.test(text) ? [] : [`${path}: a contract names its owner (owner: '…')`]),
          ...(/\b(example|examples):/.test(text) ? [] : [`${path}: a contract carries an example (example: …)`]),
        ];
      }),
};
