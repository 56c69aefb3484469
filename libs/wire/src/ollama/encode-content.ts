import { argumentsOf, resultText } from '../canonical/tool-texts.js';
import type {
  DocumentPart,
  ImagePart,
  Message,
  Part,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../canonical/index.js';
import { inexpressible } from '../json-object.js';

type Json = Record<string, unknown>;

const PROTOCOL = 'Ollama chat';

/** The conversation as Ollama wants it: words and pictures of a message apart, each tool's answer a message of its own. */
export function encodeMessages(system: readonly TextPart[], messages: readonly Message[]): Json[] {
  const names = new Map(
    messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool_call' ? [[part.id, part.name]] : []))),
  ) as ReadonlyMap<string, string>;
  const instructions = system.length === 0 ? [] : [{ role: 'system', content: wordsOf(system) }];
  return [...instructions, ...messages.flatMap((message) => encodeMessage(message, names))];
}

function encodeMessage({ role, parts }: Message, names: ReadonlyMap<string, string>): Json[] {
  if (role === 'assistant') return [encodeAssistant(parts)];
  const results = parts.filter((part) => part.type === 'tool_result');
  const rest = parts.filter((part) => part.type !== 'tool_result');
  const said = rest.length > 0 ? [{ role, content: wordsOf(rest), ...imagesOf(rest) }] : [];
  return [...results.map((result) => encodeResult(result, names)), ...said];
}

function encodeAssistant(parts: readonly Part[]): Json {
  const calls = parts.filter((part) => part.type === 'tool_call');
  const thinking = parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');
  const content = parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
  return {
    role: 'assistant',
    content,
    ...(thinking !== '' && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls.map(encodeCall) }),
  };
}

const encodeCall = ({ id, name, argumentsJson }: ToolCallPart): Json => ({
  id,
  function: { name, arguments: argumentsOf(argumentsJson) },
});

function encodeResult(result: ToolResultPart, names: ReadonlyMap<string, string>): Json {
  const { callId, parts, isError } = result;
  const name = result.name ?? names.get(callId);
  const text = wordsOf(parts);
  return {
    role: 'tool',
    content: resultText(text, isError),
    ...(name !== undefined && { tool_name: name }),
    tool_call_id: callId,
    ...imagesOf(parts),
  };
}

const wordsOf = (parts: readonly Part[]): string => parts.flatMap(wordOf).join('\n\n');

function wordOf(part: Part): string[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [part.text];
    case 'image':
      return [];
    case 'document':
      return [documentText(part)];
    case 'audio':
      throw inexpressible('sound', PROTOCOL);
    default:
      throw inexpressible(`a part of the kind ${part.type} in a message of the user`, PROTOCOL);
  }
}

function documentText({ source, name }: DocumentPart): string {
  if (source.kind !== 'text') throw inexpressible('documents that are not plain text', PROTOCOL);
  return name === null ? source.text : `${name}\n\n${source.text}`;
}

function imagesOf(parts: readonly Part[]): Json {
  const images = parts.filter((part) => part.type === 'image').map(imageData);
  return images.length > 0 ? { images } : {};
}

function imageData({ source }: ImagePart): string {
  if (source.kind !== 'data') throw inexpressible('images that are not in the request itself', PROTOCOL);
  return source.data;
}
