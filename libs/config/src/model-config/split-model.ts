/** Names that need no prefix in LiteLLM although another vendor than OpenAI serves them. */
export const BARE_NAMES: readonly (readonly [prefix: string, vendor: string])[] = [
  ['claude-', 'anthropic'],
  ['gemini-', 'gemini'],
  ['command-', 'cohere'],
];

/** `groq/llama-3` → vendor and the vendor's own model name; a name without prefix is OpenAI's unless known better. */
export function splitModel(model: string, explicitVendor?: string | null): { vendor: string; model: string } {
  if (explicitVendor) {
    const prefix = `${explicitVendor}/`;
    return { vendor: explicitVendor, model: model.startsWith(prefix) ? model.slice(prefix.length) : model };
  }
  const slash = model.indexOf('/');
  if (slash > 0) {
    const vendor = model.slice(0, slash);
    const rest = model.slice(slash + 1);
    // LiteLLM's users choose Bedrock's interface there; we have one.
    return { vendor, model: vendor === 'bedrock' ? rest.replace(/^(?:converse|invoke)\//, '') : rest };
  }
  return { vendor: BARE_NAMES.find(([prefix]) => model.startsWith(prefix))?.[1] ?? 'openai', model };
}
