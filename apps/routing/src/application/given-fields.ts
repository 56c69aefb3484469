/** What a partial request names: fields without a value count as not given. */
export function givenFields<T extends object>(request: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(request).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
