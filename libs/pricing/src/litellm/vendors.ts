/** LiteLLM's names for parts of one provider. */
const VENDOR_OF_PART: Readonly<Record<string, string>> = {
  azure_text: 'azure',
  bedrock_converse: 'bedrock',
  cohere_chat: 'cohere',
  'fireworks_ai-embedding-models': 'fireworks_ai',
  'text-completion-openai': 'openai',
};

/** The provider as deployments name it: `vertex_ai-language-models` and its like are `vertex_ai`. */
export function vendorOf(liteLlmProvider: string): string {
  return VENDOR_OF_PART[liteLlmProvider] ?? liteLlmProvider.replace(/^vertex_ai-.*/, 'vertex_ai');
}

/** A model's own name out of the key of an entry: without a prefix that repeats the provider. */
export function modelOf(name: string, liteLlmProvider: string | null): string {
  const prefixes = liteLlmProvider === null ? [] : [liteLlmProvider, vendorOf(liteLlmProvider)];
  const prefix = prefixes.find((candidate) => name.startsWith(`${candidate}/`));
  return prefix === undefined ? name : name.slice(prefix.length + 1);
}
