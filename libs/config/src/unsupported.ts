/** Warns of each key that is not supported. `hints` say what to do instead. */
export function warnOfUnsupported(
  reading: { warnings: string[] },
  part: { path: string; keys: Iterable<string>; supported: ReadonlySet<string>; hints?: Record<string, string> },
): void {
  for (const key of part.keys) {
    if (part.supported.has(key)) continue;
    const hint = part.hints && Object.hasOwn(part.hints, key) ? part.hints[key] : undefined;
    const where = part.path ? `${part.path}.${key}` : key;
    reading.warnings.push(`${where}: not supported and ignored${hint ? `; ${hint}` : ''}`);
  }
}
