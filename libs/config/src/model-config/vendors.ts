/** A vendor whose API is OpenAI's, as the prefix of `provider/model` names it. */
export interface Vendor {
  /** Absent: the entry must give `api_base`. */
  baseUrl?: string;
  /** The variable that holds its key when an entry gives none; read only for calls to `baseUrl` itself. */
  keyVariable?: string;
  /** Ollama's users write its address without the path of its OpenAI endpoint. */
  appendsPath?: string;
}

/** Every prefix that the OpenAI connector can serve. */
export const OPENAI_COMPATIBLE_VENDORS: Readonly<Record<string, Vendor>> = {
  openai: { baseUrl: 'https://api.openai.com/v1', keyVariable: 'OPENAI_API_KEY' },
  groq: { baseUrl: 'https://api.groq.com/openai/v1', keyVariable: 'GROQ_API_KEY' },
  together_ai: { baseUrl: 'https://api.together.xyz/v1', keyVariable: 'TOGETHERAI_API_KEY' },
  mistral: { baseUrl: 'https://api.mistral.ai/v1', keyVariable: 'MISTRAL_API_KEY' },
  deepseek: { baseUrl: 'https://api.deepseek.com/v1', keyVariable: 'DEEPSEEK_API_KEY' },
  openrouter: { baseUrl: 'https://openrouter.ai/api/v1', keyVariable: 'OPENROUTER_API_KEY' },
  xai: { baseUrl: 'https://api.x.ai/v1', keyVariable: 'XAI_API_KEY' },
  fireworks_ai: { baseUrl: 'https://api.fireworks.ai/inference/v1', keyVariable: 'FIREWORKS_AI_API_KEY' },
  perplexity: { baseUrl: 'https://api.perplexity.ai', keyVariable: 'PERPLEXITYAI_API_KEY' },
  ollama: { baseUrl: 'http://localhost:11434/v1', appendsPath: '/v1' },
  ollama_chat: { baseUrl: 'http://localhost:11434/v1', appendsPath: '/v1' },
  vllm: {},
  hosted_vllm: {},
  openai_like: {},
  custom_openai: {},
};

/** The vendor that owns the host of a base URL; null for a host that no vendor publishes. */
export function vendorOfBaseUrl(baseUrl: string): string | null {
  const { hostname } = new URL(baseUrl);
  const known = Object.entries(OPENAI_COMPATIBLE_VENDORS).find(
    ([, vendor]) => vendor.baseUrl && !vendor.appendsPath && new URL(vendor.baseUrl).hostname === hostname,
  );
  return known?.[0] ?? null;
}

/** Names that need no prefix in LiteLLM although another vendor than OpenAI serves them. */
const BARE_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'gemini'],
  [/^command-/, 'cohere'],
];

/** `groq/llama-3` → vendor and the vendor's own model name; a name without prefix is OpenAI's unless known better. */
export function splitModel(model: string, explicitVendor?: string | null): { vendor: string; model: string } {
  if (explicitVendor) {
    const prefix = `${explicitVendor}/`;
    return { vendor: explicitVendor, model: model.startsWith(prefix) ? model.slice(prefix.length) : model };
  }
  const slash = model.indexOf('/');
  if (slash > 0) return { vendor: model.slice(0, slash), model: model.slice(slash + 1) };
  return { vendor: BARE_NAMES.find(([pattern]) => pattern.test(model))?.[1] ?? 'openai', model };
}
