import type { Deployment } from '@ao/contracts';

/** Stands for any text, once in the name of a group and once in what its deployments call the model. */
const ANY = '*';
/** Of a model's name, as contracts have it. */
const MODEL_LENGTH_MAX = 256;

interface Pattern<Group> {
  name: string;
  group: Group;
}

/** The groups whose names stand for many: `openai/*`. Nothing is kept of the names that callers invent. */
export class Wildcards<Group> {
  /** The most specific first. */
  private readonly patterns: readonly Pattern<Group>[];

  constructor(groups: ReadonlyMap<string, Group>) {
    this.patterns = [...groups]
      .filter(([name]) => name.includes(ANY))
      .map(([name, group]) => ({ name, group }))
      .sort((a, b) => b.name.length - a.name.length || a.name.localeCompare(b.name));
  }

  get size(): number {
    return this.patterns.length;
  }

  /** The most specific pattern that a name fits and whose group is acceptable. */
  find(name: string, accepts: (group: Group) => boolean): Pattern<Group> | undefined {
    return this.patterns.find((pattern) => textFor(pattern.name, name) !== null && accepts(pattern.group));
  }
}

/** What a deployment calls the model of this name: its own word, with the text that a wildcard stood for. */
export function modelNamed({ modelGroup, model }: Pick<Deployment, 'modelGroup' | 'model'>, name: string): string {
  if (!modelGroup.includes(ANY) || !model.includes(ANY)) return model;
  const text = textFor(modelGroup, name);
  // A function: the text of a caller must not be read as a reference to what was found.
  return text === null ? model : model.replace(ANY, () => text).slice(0, MODEL_LENGTH_MAX);
}

/** What stands in a name where a pattern has its star; null when the name does not fit. */
function textFor(pattern: string, name: string): string | null {
  const at = pattern.indexOf(ANY);
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + 1)];
  const fits = name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
  return fits ? name.slice(before.length, name.length - after.length) : null;
}
