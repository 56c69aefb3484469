import type { AudioPart, DocumentPart, ImagePart, Part, Source } from '../canonical/index.js';
import type { RequestObject } from '../json-object.js';
import { sourceOf } from '../openai-chat/decode-content.js';

/** A string, or content parts. */
export function decodeContent(owner: RequestObject, key: 'content' | 'output'): Part[] {
  const content = owner.json[key];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!owner.has(key)) owner.missing(key);
  return owner.objects(key).map(decodePart);
}

function decodePart(part: RequestObject): Part {
  const type = part.string('type');
  switch (type) {
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: part.string('text') };
    case 'refusal':
      return { type, text: part.string('refusal') };
    case 'input_image':
      return decodeImage(part);
    case 'input_file':
      return decodeFile(part);
    case 'input_audio':
      return decodeAudio(part);
    default:
      throw part.invalid('type', `is ${JSON.stringify(type)}, which the provider of this model cannot take`);
  }
}

function decodeImage(part: RequestObject): ImagePart {
  const id = part.optionalString('file_id');
  const source: Source = id === null ? sourceOf(part.string('image_url')) : { kind: 'file', id };
  const detail = part.optionalString('detail');
  return {
    type: 'image',
    source,
    // `original` asks for no scaling down, which is what others call high.
    detail: detail === 'low' || detail === 'auto' ? detail : detail === null ? null : 'high',
  };
}

function decodeFile(part: RequestObject): DocumentPart {
  return { type: 'document', source: fileSource(part), name: part.optionalString('filename') };
}

function fileSource(part: RequestObject): Source {
  const id = part.optionalString('file_id');
  if (id !== null) return { kind: 'file', id };
  const url = part.optionalString('file_url');
  if (url !== null) return sourceOf(url);
  const data = part.string('file_data');
  return data.startsWith('data:') ? sourceOf(data) : { kind: 'data', mediaType: 'application/pdf', data };
}

function decodeAudio(part: RequestObject): AudioPart {
  const audio = part.optionalObject('input_audio') ?? part.missing('input_audio');
  const mediaType = `audio/${audio.string('format')}`;
  return { type: 'audio', source: { kind: 'data', mediaType, data: audio.string('data') } };
}
