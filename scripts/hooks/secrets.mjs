/** @typedef {{ file: string, line: number, kind: string }} Finding */

// Each pattern asks for the length of a real key, so that `sk-test` in an example passes.
/** @type {{ kind: string, pattern: RegExp }[]} */
const patterns = [
  { kind: 'private key', pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { kind: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { kind: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b/ },
  { kind: 'GitLab token', pattern: /\bglpat-[A-Za-z0-9_-]{20,}\b/ },
  { kind: 'Anthropic key', pattern: /\bsk-ant-[A-Za-z0-9_-]{24,}/ },
  { kind: 'OpenAI or gateway key', pattern: /\bsk-(?:proj-|svcacct-|ao-|or-v1-)?(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{32,}/ },
  { kind: 'Google API key', pattern: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { kind: 'Slack token', pattern: /\bxox[abeoprs]-[0-9A-Za-z-]{20,}/ },
  { kind: 'Slack webhook', pattern: /hooks\.slack\.com\/services\/T[0-9A-Z]{8,}\/B[0-9A-Z]{8,}\/[0-9A-Za-z]{20,}/ },
  { kind: 'Stripe key', pattern: /\b[rs]k_live_[0-9A-Za-z]{20,}\b/ },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { kind: 'Groq key', pattern: /\bgsk_[A-Za-z0-9]{40,}\b/ },
  { kind: 'Hugging Face token', pattern: /\bhf_[A-Za-z]{34}\b/ },
];

// The convention of detect-secrets, for lines that show what a key looks like.
const allowMark = /pragma: allowlist secret/;

/**
 * @param {string} diff what `git diff -U0` prints: only added lines are looked at, so an old file can still be edited
 * @returns {Finding[]} where a secret would enter; never the secret itself
 */
export function secretsInDiff(diff) {
  /** @type {Finding[]} */
  const findings = [];
  let file = '';
  let line = 0;
  for (const text of diff.split('\n')) {
    if (text.startsWith('+++ ')) file = text.replace(/^\+\+\+ (b\/)?/, '');
    else if (text.startsWith('@@')) line = Number(/\+(\d+)/.exec(text)?.[1] ?? 1);
    else if (text.startsWith('+')) {
      const kind = secretIn(text);
      if (kind) findings.push({ file, line, kind });
      line += 1;
    }
  }
  return findings;
}

/**
 * @param {string} text one line
 * @returns {string | undefined} the kind of secret in it
 */
export function secretIn(text) {
  if (allowMark.test(text)) return undefined;
  return patterns.find(({ pattern }) => pattern.test(text))?.kind;
}
