/** From the third generation on: words for thinking, ids of calls, media in a tool's result, proofs that are demanded. */
const GENERATION_3 = /gemini-(?:[3-9]|\d\d|(?:pro|flash|flash-lite)-latest)/;
const GENERATION_2_5 = /gemini-2\.5/;

export const isGeneration3 = (model: string): boolean => GENERATION_3.test(model);
export const thinksByBudget = (model: string): boolean => GENERATION_2_5.test(model);
export const isPro = (model: string): boolean => /-pro\b/.test(model);
