import type { Part, Source, ToolResultPart } from '../canonical/index.js';
import type { RequestObject } from '../json-object.js';

/** What a block may be marked with: the prompt up to here is to be cached. */
export function cacheOf(block: RequestObject): { cache?: { ttl: '5m' | '1h' } } {
  const mark = block.optionalObject('cache_control');
  return mark ? { cache: { ttl: mark.optionalString('ttl') === '1h' ? '1h' : '5m' } } : {};
}

/** A content block of a message. @throws AppError `invalid_parameter` for one of a kind that no other protocol knows. */
function decodeBlock(block: RequestObject): Part {
  const type = block.string('type');
  switch (type) {
    case 'text':
      return { type, text: block.string('text'), ...cacheOf(block) };
    case 'image':
      return { type, source: decodeSource(block), detail: null, ...cacheOf(block) };
    case 'document':
      return decodeDocument(block);
    case 'tool_use':
      return {
        type: 'tool_call',
        id: block.string('id'),
        name: block.string('name'),
        argumentsJson: JSON.stringify(block.json['input'] ?? {}),
        ...cacheOf(block),
      };
    case 'tool_result':
      return decodeToolResult(block);
    case 'thinking':
      return {
        type: 'reasoning',
        text: block.string('thinking'),
        signature: block.optionalString('signature'),
        redacted: null,
      };
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', signature: null, redacted: block.string('data') };
    default:
      throw block.invalid('type', `is ${JSON.stringify(type)}, which only Anthropic itself can take`);
  }
}

/** A string, or blocks. */
export function decodeContent(owner: RequestObject, key: string): Part[] {
  const content = owner.json[key];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return owner.objects(key).map((block) => decodeBlock(block));
}

function decodeToolResult(block: RequestObject): ToolResultPart {
  const parts = decodeContent(block, 'content');
  return {
    type: 'tool_result',
    callId: block.string('tool_use_id'),
    name: null,
    parts: parts.map((part) => {
      if (part.type === 'text' || part.type === 'image' || part.type === 'document') return part;
      throw block.invalid('content', 'of a tool result may hold text, images and documents');
    }),
    isError: block.optionalBoolean('is_error') ?? false,
    ...cacheOf(block),
  };
}

function decodeDocument(block: RequestObject): Part {
  const source = block.optionalObject('source') ?? block.missing('source');
  const isText = source.string('type') === 'text';
  return {
    type: 'document',
    source: isText ? { kind: 'text', text: source.string('data') } : decodeSource(block),
    name: block.optionalString('title'),
    ...(block.optionalObject('citations')?.optionalBoolean('enabled') === true && { citations: true }),
    ...cacheOf(block),
  };
}

function decodeSource(block: RequestObject): Source {
  const source = block.optionalObject('source') ?? block.missing('source');
  const type = source.string('type');
  switch (type) {
    case 'base64':
      return { kind: 'data', mediaType: source.string('media_type'), data: source.string('data') };
    case 'url':
      return { kind: 'url', url: source.string('url'), mediaType: source.optionalString('media_type') };
    case 'file':
      return { kind: 'file', id: source.string('file_id') };
    default:
      throw source.invalid('type', 'must be base64, url or file');
  }
}
