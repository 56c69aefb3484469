import { CHARACTERS_PER_TOKEN, splitTokens } from './tokens.js';

const QUESTION_CHARACTERS_MAX = 80;
const FILLER = ' The quick brown fox jumps over the lazy dog, and the demo goes on.';

function excerpt(question: string): string {
  const line = question
    .slice(0, 4 * QUESTION_CHARACTERS_MAX)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= QUESTION_CHARACTERS_MAX) return line;
  return `${Array.from(line).slice(0, QUESTION_CHARACTERS_MAX).join('')}...`;
}

/** What the simulator says when nobody set its text: friendly, honest about being a demo, and about the question. */
export function demoText(question: string): string {
  const asked = excerpt(question);
  const about = asked === '' ? 'Ask me anything' : `You asked: "${asked}"`;
  return `Hello! This is a demo answer from the built-in simulator; no AI model was called. ${about}`;
}

/** The demo text cut or continued to exactly this many tokens. */
export function demoTextOfLength(question: string, tokenCount: number): string {
  const base = demoText(question);
  const missing = tokenCount * CHARACTERS_PER_TOKEN - base.length;
  // Characters beyond the basic plane count once but are two units long, hence the margin.
  const text = missing > 0 ? base + FILLER.repeat(Math.ceil((missing + base.length) / FILLER.length)) : base;
  return splitTokens(text).slice(0, tokenCount).join('');
}
