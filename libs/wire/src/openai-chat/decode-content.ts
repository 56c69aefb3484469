import type { AudioPart, DocumentPart, ImagePart, Part, Source, TextPart } from '../canonical/index.js';
import type { RequestObject } from '../json-object.js';

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w=.+-]+)*;base64,/;
const DETAILS = ['low', 'high', 'auto'] as const;

/** A string, or content parts; none where it is null. */
export function decodeContent(owner: RequestObject): Part[] {
  const content = owner.json['content'];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return owner.objects('content').map(decodePart);
}

function decodePart(part: RequestObject): TextPart | ImagePart | AudioPart | DocumentPart | Part {
  const type = part.string('type');
  switch (type) {
    case 'text':
      return { type, text: part.string('text'), ...cacheOf(part) };
    case 'refusal':
      return { type, text: part.string('refusal') };
    case 'image_url': {
      const image = part.optionalObject('image_url') ?? part.missing('image_url');
      const detail = DETAILS.find((known) => known === image.optionalString('detail')) ?? null;
      return { type: 'image', source: sourceOf(image.string('url')), detail, ...cacheOf(part) };
    }
    case 'input_audio': {
      const audio = part.optionalObject('input_audio') ?? part.missing('input_audio');
      const source: Source = {
        kind: 'data',
        mediaType: `audio/${audio.string('format')}`,
        data: audio.string('data'),
      };
      return { type: 'audio', source };
    }
    case 'file':
      return decodeFile(part.optionalObject('file') ?? part.missing('file'), cacheOf(part));
    default:
      throw part.invalid('type', `is ${JSON.stringify(type)}, which the provider of this model cannot take`);
  }
}

function decodeFile(file: RequestObject, cache: ReturnType<typeof cacheOf>): DocumentPart {
  const id = file.optionalString('file_id');
  const name = file.optionalString('filename');
  if (id !== null) return { type: 'document', source: { kind: 'file', id }, name, ...cache };
  return { type: 'document', source: sourceOf(file.string('file_data')), name, ...cache };
}

/** A data URL as what it holds. */
export function sourceOf(url: string): Source {
  const match = DATA_URL.exec(url);
  if (!match) return { kind: 'url', url, mediaType: null };
  return { kind: 'data', mediaType: match[1]!, data: url.slice(match[0].length) };
}

/** Anthropic's cache marks, which many OpenAI clients send for the models behind a gateway. */
export function cacheOf(part: RequestObject): { cache?: { ttl: '5m' | '1h' } } {
  const mark = part.optionalObject('cache_control');
  return mark ? { cache: { ttl: mark.optionalString('ttl') === '1h' ? '1h' : '5m' } } : {};
}
