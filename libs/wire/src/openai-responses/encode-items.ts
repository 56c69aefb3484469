import type { DocumentPart, Message, Part, Source, ToolResultPart } from '../canonical/index.js';
import { inexpressible } from '../json-object.js';

type Json = Record<string, unknown>;

const PROTOCOL = 'OpenAI Responses';

/** The conversation as input items, in its order. */
export const encodeItems = (messages: readonly Message[]): Json[] => messages.flatMap(encodeMessage);

function encodeMessage({ role, parts }: Message): Json[] {
  if (role === 'assistant') return encodeAssistant(parts);
  const results = parts.filter((part) => part.type === 'tool_result').map(encodeResult);
  const said = parts.filter((part) => part.type !== 'tool_result');
  return said.length === 0 ? results : [...results, { type: 'message', role, content: said.map(encodeInput) }];
}

/** Thoughts, words and calls are items of their own; words that follow each other are one message. */
function encodeAssistant(parts: readonly Part[]): Json[] {
  const items: Json[] = [];
  let said: Json[] | null = null;
  for (const part of parts) {
    const content = encodeOutput(part);
    if (content) {
      if (said) said.push(content);
      else items.push({ type: 'message', role: 'assistant', content: (said = [content]) });
      continue;
    }
    said = null;
    items.push(...encodeItem(part));
  }
  return items;
}

function encodeOutput(part: Part): Json | null {
  if (part.type === 'text') return { type: 'output_text', text: part.text };
  return part.type === 'refusal' ? { type: 'refusal', refusal: part.text } : null;
}

function encodeItem(part: Part): Json[] {
  switch (part.type) {
    case 'tool_call':
      return [{ type: 'function_call', call_id: part.id, name: part.name, arguments: part.argumentsJson }];
    case 'reasoning':
      // OpenAI takes only thoughts that it can check to be its own.
      return part.redacted === null ? [] : [{ type: 'reasoning', summary: [], encrypted_content: part.redacted }];
    default:
      throw inexpressible(`a part of the kind ${part.type} in a message of the assistant`, PROTOCOL);
  }
}

/** OpenAI has no flag for it: a result that failed says so in its words. */
function encodeResult({ callId, parts, isError }: ToolResultPart): Json {
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const isPlain = parts.every(({ type }) => type === 'text');
  const marked = isError && text !== '' ? `Error: ${text}` : text;
  return { type: 'function_call_output', call_id: callId, output: isPlain ? marked : parts.map(encodeInput) };
}

function encodeInput(part: Part): Json {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image': {
      const { source, detail } = part;
      const place = source.kind === 'file' ? { file_id: source.id } : { image_url: urlOf(source) };
      return { type: 'input_image', ...place, detail: detail ?? 'auto' };
    }
    case 'document':
      return encodeDocument(part);
    default:
      throw inexpressible(`a part of the kind ${part.type} in a message of the user`, PROTOCOL);
  }
}

const urlOf = (source: Exclude<Source, { kind: 'file' }>): string =>
  source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;

function encodeDocument({ source, name }: DocumentPart): Json {
  switch (source.kind) {
    case 'text':
      return { type: 'input_text', text: name === null ? source.text : `${name}\n\n${source.text}` };
    case 'file':
      return { type: 'input_file', file_id: source.id };
    case 'url':
      return { type: 'input_file', file_url: source.url };
    case 'data':
      return { type: 'input_file', filename: name ?? 'document.pdf', file_data: urlOf(source) };
  }
}
