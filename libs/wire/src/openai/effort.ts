import type { Reasoning } from '../canonical/index.js';

/** From which budget on OpenAI's words for effort stand, largest first. */
const EFFORT_BUDGETS: readonly (readonly [tokens: number, effort: string])[] = [
  [16_384, 'high'],
  [4_096, 'medium'],
  [0, 'low'],
];

/** Models that think, and the only ones that may be told how much. */
export const reasonsAtOpenAi = (model: string): boolean => /^(?:openai\/)?(?:o\d|gpt-(?:[5-9]|\d\d))/.test(model);

/** How much to think, in OpenAI's words; null: as usual. */
export function effortOf({ effort, budgetTokens }: Reasoning): string | null {
  if (effort !== null) return effort === 'max' ? 'xhigh' : effort;
  return budgetTokens === null ? null : EFFORT_BUDGETS.find(([tokens]) => budgetTokens >= tokens)![1];
}
