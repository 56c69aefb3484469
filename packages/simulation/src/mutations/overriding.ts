/** The target with some of its methods replaced. All else, its state too, is the target's own. */
export const overriding = <T extends object>(target: T, changes: Partial<T>): T =>
  Object.assign(Object.create(target) as T, changes);
