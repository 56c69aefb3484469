import { isFields } from '../fields.js';
import { missing } from '../openai/validate.js';
import { filesOf } from '../openai-media/form-fields.js';
import { pageOf } from '../paging.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { answerWith, jsonReply, secondsOf } from '../replies.js';
import { FILES, noSuch, type FileObject } from './stored.js';

/** `POST /v1/files`, a form. */
export function uploadFile(call: Call): DecodedCall | RefusedCall {
  const fields = isFields(call.body) ? call.body : {};
  const files = filesOf(fields, 'file');
  if ('kind' in files) return files;
  const purpose = fields['purpose'];
  if (typeof purpose !== 'string') return missing('purpose');
  const file = files[0]!;
  return answerWith((context) => {
    const described: FileObject = {
      id: `file-${context.id}`,
      object: 'file',
      bytes: file.bytes.length,
      created_at: secondsOf(context),
      filename: file.fileName,
      purpose,
      status: 'processed',
    };
    call.memory.shelf(FILES).set(described.id, { described, content: file.bytes });
    return jsonReply(described);
  });
}

/** `GET /v1/files`, of one purpose when it is named. */
export function listFiles(call: Call): DecodedCall {
  const purpose = new URLSearchParams(call.query).get('purpose');
  return answerWith(() => {
    const files = call.memory.shelf(FILES).items.map((file) => file.described);
    return jsonReply(pageOf(purpose === null ? files : files.filter((file) => file.purpose === purpose), call.query));
  });
}

/** `GET /v1/files/{id}`. */
export function showFile(call: Call, id: string): DecodedCall | RefusedCall {
  const file = call.memory.shelf(FILES).get(id);
  return file === undefined ? noSuch('File', id) : answerWith(() => jsonReply(file.described));
}

/** `GET /v1/files/{id}/content`. */
export function readFile(call: Call, id: string): DecodedCall | RefusedCall {
  const file = call.memory.shelf(FILES).get(id);
  if (file === undefined) return noSuch('File', id);
  return answerWith(() => ({
    kind: 'whole',
    status: 200,
    contentType: 'application/octet-stream',
    body: file.content,
  }));
}

/** `DELETE /v1/files/{id}`. */
export function deleteFile(call: Call, id: string): DecodedCall | RefusedCall {
  if (call.memory.shelf(FILES).get(id) === undefined) return noSuch('File', id);
  return answerWith(() => {
    call.memory.shelf(FILES).delete(id);
    return jsonReply({ id, object: 'file', deleted: true });
  });
}
