import type { CacheMark, Message, Part, Source, TextPart } from '../canonical/index.js';
import { argumentsOf } from '../canonical/tool-texts.js';
import { inexpressible } from '../json-object.js';

type Block = Record<string, unknown>;

/** The messages as Anthropic wants them: turns of user and assistant, the first of them the user's. */
export function encodeMessages(messages: readonly Message[]): Block[] {
  return messages.map(({ role, parts }) => ({
    role: role === 'assistant' ? 'assistant' : 'user',
    content: parts.flatMap((part) => encodePart(part)),
  }));
}

export const encodeText = ({ text, cache }: TextPart): Block => ({ type: 'text', text, ...cacheControl(cache) });

export function cacheControl(cache: CacheMark | undefined): Block {
  if (!cache) return {};
  return { cache_control: cache.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } };
}

function encodePart(part: Part): Block[] {
  switch (part.type) {
    case 'text':
      // Anthropic refuses empty text.
      return part.text === '' ? [] : [encodeText(part)];
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'image':
      return [{ type: 'image', source: encodeSource(part.source), ...cacheControl(part.cache) }];
    case 'audio':
      throw inexpressible('sound', 'Anthropic Messages');
    case 'document': {
      const { source } = part;
      return [
        {
          type: 'document',
          source:
            source.kind === 'text'
              ? { type: 'text', media_type: 'text/plain', data: source.text }
              : encodeSource(source),
          ...(part.name !== null && { title: part.name }),
          ...(part.citations && { citations: { enabled: true } }),
          ...cacheControl(part.cache),
        },
      ];
    }
    case 'tool_call':
      return [
        {
          type: 'tool_use',
          id: part.id,
          name: part.name,
          input: argumentsOf(part.argumentsJson),
          ...cacheControl(part.cache),
        },
      ];
    case 'tool_result':
      return [
        {
          type: 'tool_result',
          tool_use_id: part.callId,
          content: part.parts.flatMap((inner) => encodePart(inner)),
          ...(part.isError && { is_error: true }),
          ...cacheControl(part.cache),
        },
      ];
    case 'reasoning':
      if (part.redacted !== null) return [{ type: 'redacted_thinking', data: part.redacted }];
      // Without its proof Anthropic refuses a thought, even its own.
      return part.signature === null ? [] : [{ type: 'thinking', thinking: part.text, signature: part.signature }];
  }
}

function encodeSource(source: Source): Block {
  switch (source.kind) {
    case 'data':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return { type: 'file', file_id: source.id };
  }
}
