import type {
  DocumentPart,
  ImagePart,
  Message,
  Part,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../canonical/index.js';
import { paragraphsOf, resultText } from '../canonical/tool-texts.js';
import { inexpressible } from '../json-object.js';

type Json = Record<string, unknown>;

const PROTOCOL = 'Cohere chat';

/** The conversation as Cohere wants it: each tool's answer a message of its own. */
export function encodeMessages(system: readonly TextPart[], messages: readonly Message[]): Json[] {
  const instructions = system.length === 0 ? [] : [{ role: 'system', content: paragraphsOf(system) }];
  return [...instructions, ...messages.flatMap(encodeMessage)];
}

/** Documents stand beside the conversation: they are what is cited. */
export function documentsOf(messages: readonly Message[]): Json[] {
  const documents = messages.flatMap(({ parts }) => parts.filter((part) => part.type === 'document'));
  return documents.map((document, index) => ({ id: `document-${index + 1}`, data: encodeDocument(document) }));
}

function encodeMessage({ role, parts }: Message): Json[] {
  switch (role) {
    case 'system':
      return [{ role, content: paragraphsOf(parts) }];
    case 'assistant':
      return [encodeAssistant(parts)];
    case 'user': {
      const results = parts.filter((part) => part.type === 'tool_result');
      const said = parts.filter((part) => part.type !== 'tool_result' && part.type !== 'document');
      return [...results.map(encodeResult), ...(said.length > 0 ? [{ role, content: said.map(encodePart) }] : [])];
    }
  }
}

function encodeAssistant(parts: readonly Part[]): Json {
  const calls = parts.filter((part) => part.type === 'tool_call');
  const thoughts = parts.flatMap((part) => (part.type === 'reasoning' && part.text !== '' ? [part.text] : []));
  const text = parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
  // Before calls Cohere takes a plan, and no content.
  if (calls.length > 0) {
    const plan = [...thoughts, text].filter((words) => words !== '').join('\n\n');
    return { role: 'assistant', tool_calls: calls.map(encodeCall), ...(plan !== '' && { tool_plan: plan }) };
  }
  const thinking = thoughts.map((words) => ({ type: 'thinking', thinking: words }));
  return { role: 'assistant', content: [...thinking, { type: 'text', text }] };
}

const encodeCall = ({ id, name, argumentsJson }: ToolCallPart): Json => ({
  id,
  type: 'function',
  function: { name, arguments: argumentsJson === '' ? '{}' : argumentsJson },
});

function encodeResult({ callId, parts, isError }: ToolResultPart): Json {
  if (parts.some(({ type }) => type !== 'text')) throw inexpressible('results of tools that are not text', PROTOCOL);
  const text = paragraphsOf(parts);
  return { role: 'tool', tool_call_id: callId, content: resultText(text, isError) };
}

function encodePart(part: Part): Json {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'image':
      return { type: 'image_url', image_url: encodeImage(part) };
    case 'audio':
      throw inexpressible('sound', PROTOCOL);
    default:
      throw inexpressible(`a part of the kind ${part.type} in a message of the user`, PROTOCOL);
  }
}

function encodeImage({ source, detail }: ImagePart): Json {
  if (source.kind === 'file') throw inexpressible('images that were uploaded elsewhere', PROTOCOL);
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
  return { url, ...(detail !== null && { detail }) };
}

function encodeDocument({ source, name }: DocumentPart): Json {
  if (source.kind !== 'text') throw inexpressible('documents that are not plain text', PROTOCOL);
  return { text: source.text, ...(name !== null && { title: name }) };
}
