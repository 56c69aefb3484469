import type {
  ImagePart,
  Message,
  Part,
  Source,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  DocumentPart,
} from '../canonical/index.js';
import { paragraphsOf, resultText } from '../canonical/tool-texts.js';
import { inexpressible } from '../json-object.js';

type Json = Record<string, unknown>;

/** The conversation as OpenAI wants it: each tool's answer a message of its own, before what the user says next. */
export function encodeMessages(system: readonly TextPart[], messages: readonly Message[]): Json[] {
  const instructions = system.length === 0 ? [] : [{ role: 'system', content: paragraphsOf(system) }];
  return [...instructions, ...messages.flatMap(encodeMessage)];
}

function encodeMessage({ role, parts }: Message): Json[] {
  switch (role) {
    case 'system':
      return [{ role, content: paragraphsOf(parts) }];
    case 'assistant':
      return [encodeAssistant(parts)];
    case 'user': {
      const results = parts.filter((part) => part.type === 'tool_result');
      const rest = parts.filter((part) => part.type !== 'tool_result');
      // Pictures that a tool gave have no place in its own message.
      const shown = results.flatMap(({ parts: given }) => given.filter((part) => part.type !== 'text'));
      const said = [...shown, ...rest];
      return [...results.map(encodeResult), ...(said.length > 0 ? [{ role, content: encodeContent(said) }] : [])];
    }
  }
}

function encodeAssistant(parts: readonly Part[]): Json {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  const refusal = parts.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])).join('');
  const calls = parts.filter((part) => part.type === 'tool_call');
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(refusal !== '' && { refusal }),
    ...(calls.length > 0 && { tool_calls: calls.map(encodeCall) }),
  };
}

const encodeCall = ({ id, name, argumentsJson, signature }: ToolCallPart): Json => ({
  id,
  type: 'function',
  function: { name, arguments: argumentsJson },
  ...(signature !== undefined && { extra_content: { google: { thought_signature: signature } } }),
});

function encodeResult({ callId, parts, isError }: ToolResultPart): Json {
  const text = paragraphsOf(parts);
  return { role: 'tool', tool_call_id: callId, content: resultText(text, isError) };
}

/** A lone text as a string, which every provider takes. */
function encodeContent(parts: readonly Part[]): string | Json[] {
  const [first] = parts;
  return parts.length === 1 && first?.type === 'text' ? first.text : parts.map(encodePart);
}

function encodePart(part: Part): Json {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return { type: 'image_url', image_url: imageUrl(part) };
    case 'audio':
      return { type: 'input_audio', input_audio: audioOf(part.source) };
    case 'document':
      return encodeDocument(part);
    default:
      throw inexpressible(`a part of the kind ${part.type} in a message of the user`, 'OpenAI chat completions');
  }
}

function imageUrl({ source, detail }: ImagePart): Json {
  if (source.kind === 'file') throw inexpressible('images that were uploaded elsewhere', 'OpenAI chat completions');
  return { url: urlOf(source), ...(detail !== null && { detail }) };
}

const urlOf = (source: Exclude<Source, { kind: 'file' }>): string =>
  source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;

function audioOf(source: Source): Json {
  if (source.kind !== 'data') throw inexpressible('sound at an address', 'OpenAI chat completions');
  const format = source.mediaType.replace(/^audio\/(?:x-)?/, '').replace(/^mpeg$/, 'mp3');
  return { data: source.data, format };
}

function encodeDocument({ source, name }: DocumentPart): Json {
  switch (source.kind) {
    case 'text':
      return { type: 'text', text: name === null ? source.text : `${name}\n\n${source.text}` };
    case 'file':
      return { type: 'file', file: { file_id: source.id } };
    case 'data':
      return { type: 'file', file: { filename: name ?? 'document.pdf', file_data: urlOf(source) } };
    case 'url':
      throw inexpressible('documents at an address', 'OpenAI chat completions');
  }
}
