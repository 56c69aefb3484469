import { createRequire } from 'node:module';
import { codeFiles } from './tree.mjs';

/** Starting a program is spawn or fork with a list of arguments: nothing that a shell would read. */
const allowed = new Set(['spawn', 'spawnSync', 'fork']);

const advice = 'start programs with spawn and a list of arguments, never through a shell';

/** @type {import('./tree.mjs').Rule} */
export const processRules = {
  name: 'child processes',
  check(tree) {
    // The text search keeps the parser away from the many files that have nothing to do with processes.
    return codeFiles(tree)
      .filter((path) => /child_process|shell/.test(tree.read(path)))
      .flatMap((path) => problemsIn(path, tree.read(path)));
  },
};

/**
 * @param {string} path
 * @param {string} text
 * @returns {string[]}
 */
function problemsIn(path, text) {
  // TypeScript 6 for its parser: version 7 has no JavaScript API. Loaded here because scripts start before packages exist.
  /** @type {typeof import('typescript')} */
  const ts = createRequire(import.meta.url)('typescript');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const usesProcesses = text.includes('child_process');
  /** @type {string[]} */
  const problems = [];
  /** @param {import('typescript').Node} node @param {string} what */
  const report = (node, what) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    problems.push(`${path}:${line + 1}: ${what}: ${advice}`);
  };
  /** @param {import('typescript').Node} node */
  const visit = (node) => {
    if (ts.isImportDeclaration(node) && isProcessModule(node.moduleSpecifier)) {
      for (const name of importedNames(ts, node))
        if (!allowed.has(name)) report(node, `import of ${name} from child_process`);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && isProcessModule(node.moduleSpecifier)) {
      report(node, 're-export of child_process');
    } else if (
      ts.isCallExpression(node) &&
      /(^import|require)$/i.test(node.expression.getText()) &&
      node.arguments.some(isProcessModule)
    ) {
      report(node, 'child_process loaded at run time');
    } else if (isShellOption(ts, node, usesProcesses)) {
      report(node, 'the shell option');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

/** @param {import('typescript').Node} node */
const isProcessModule = (node) => /^['"`](node:)?child_process['"`]$/.test(node.getText());

/**
 * @param {typeof import('typescript')} ts
 * @param {import('typescript').ImportDeclaration} node
 * @returns {string[]} names of the values it brings in; types do no harm
 */
function importedNames(ts, node) {
  const clause = node.importClause;
  if (!clause || clause.isTypeOnly) return [];
  const bindings = clause.namedBindings;
  return [
    ...(clause.name ? ['the whole module'] : []),
    ...(bindings && ts.isNamespaceImport(bindings) ? ['the whole module'] : []),
    ...(bindings && ts.isNamedImports(bindings)
      ? bindings.elements.filter((each) => !each.isTypeOnly).map((each) => (each.propertyName ?? each.name).text)
      : []),
  ];
}

/**
 * `shell: true` anywhere; beside child_process any shell but `false`, since a name of a shell switches it on as well.
 * @param {typeof import('typescript')} ts
 * @param {import('typescript').Node} node
 * @param {boolean} usesProcesses
 */
function isShellOption(ts, node, usesProcesses) {
  if (ts.isShorthandPropertyAssignment(node)) return usesProcesses && node.name.text === 'shell';
  if (!ts.isPropertyAssignment(node) || !/^['"]?shell['"]?$/.test(node.name.getText())) return false;
  const value = node.initializer.kind;
  return usesProcesses ? value !== ts.SyntaxKind.FalseKeyword : value === ts.SyntaxKind.TrueKeyword;
}
