/** Variables by name, as a process is given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /^os\.environ\/([A-Za-z_][A-Za-z0-9_]*)$/;

/** The variable that `os.environ/NAME` names; null for any other text. */
export function referencedVariable(text: string): string | null {
  return REFERENCE.exec(text)?.[1] ?? null;
}

/** `os.environ/NAME`. */
export const referenceTo = (variable: string): string => `os.environ/${variable}`;
