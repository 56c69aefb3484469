/** Amounts by name. */
export type Counts = Readonly<Record<string, bigint>>;

/** New names beyond so many under one key are not counted: one who makes up names must not fill the store. */
export const COUNTS_PER_KEY_MAX = 4_000;
