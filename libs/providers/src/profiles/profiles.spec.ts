import { readdirSync } from 'node:fs';
import { KIND_SETTINGS, vendorOfBaseUrl } from '../kinds/index.js';
import { capabilitiesOf, protocolsFor, PROVIDER_KINDS } from '../registry.js';
import { CONVERSATION_ENDPOINTS } from '../endpoints.js';
import { parseBaseUrl } from '../transport/base-url.js';
import { PROFILES } from './index.js';

const catalogue = new URL('../../../pricing/catalogue/', import.meta.url);

describe('the kinds of providers', () => {
  it('[PR-001] have a name each', () => {
    expect(new Set(PROVIDER_KINDS).size).toBe(PROVIDER_KINDS.length);
    expect([...KIND_SETTINGS.keys()].sort()).toEqual([...PROVIDER_KINDS].sort());
  });

  it.each(PROFILES.map((profile) => [profile.kind, profile] as const))(
    '[PR-001] %s holds together',
    (kind, profile) => {
      const { protocols, endpoints, embeddings } = capabilitiesOf(kind);
      expect(protocols.length).toBeGreaterThan(0);
      for (const protocol of protocols) expect(endpoints).toContain(CONVERSATION_ENDPOINTS[protocol]);
      expect(endpoints.has('embeddings')).toBe(embeddings !== null);
      if (profile.baseUrl === null) return;
      const { origin, hostname } = parseBaseUrl(profile.baseUrl);
      expect(origin.startsWith('https://') || ['localhost', '127.0.0.1'].includes(hostname)).toBe(true);
    },
  );

  it('have every vendor whose prices are bundled', () => {
    const vendors = new Set([...KIND_SETTINGS.values()].map(({ vendor }) => vendor));
    const priced = readdirSync(catalogue).map((name) => name.replace(/\.json$/, ''));
    expect(priced.filter((name) => name !== 'demo' && !vendors.has(name))).toEqual([]);
  });

  it.each([
    ['anthropic', 'claude-sonnet-4-5', ['anthropic']],
    ['vertex_ai', 'claude-sonnet-4-5@20250929', ['anthropic']],
    ['vertex_ai', 'gemini-2.5-pro', ['gemini']],
    ['bedrock', 'anthropic.claude-3-haiku-20240307-v1:0', ['bedrock']],
    ['groq', 'x', ['openai-chat', 'openai-responses']],
  ])('%s speaks to %s in %j', (kind, model, protocols) => expect(protocolsFor(kind, model)).toEqual(protocols));

  it.each([
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://api.anthropic.com/v1', 'anthropic'],
    ['http://localhost:11434', null],
    ['http://127.0.0.1:8080/v1', null],
    ['https://proxy.example/v1', null],
  ])('the prices of %s are those of %p', (baseUrl, vendor) => expect(vendorOfBaseUrl(baseUrl)).toBe(vendor));

  it.each([
    ['cohere_chat', 'cohere'],
    ['bedrock_converse', 'bedrock'],
    ['ollama_chat', 'ollama'],
    ['hosted_vllm', 'hosted_vllm'],
    ['deepseek', 'deepseek'],
  ])('the prices of the kind %s are those of %s', (kind, vendor) =>
    expect(KIND_SETTINGS.get(kind)?.vendor).toBe(vendor),
  );
});
