import type { Operation, Protocol } from '../protocol.js';
import { decodeSegment } from '../json-operation.js';
import { converse, converseStream } from './decode-chat.js';
import { invoke, invokeStream } from './invoke.js';
import { checkSignature, type AwsCredentials } from './signature.js';

/** The model's name may be an ARN: its slashes and colons come with percent signs or as they are. */
const PATH = /^\/model\/(.+)\/([a-z-]+)$/;

const OPERATIONS = new Map<string, (model: string) => Operation>([
  ['converse', converse],
  ['converse-stream', converseStream],
  ['invoke', invoke],
  ['invoke-with-response-stream', invokeStream],
]);

/** Every operation checks who calls before it reads the body. */
export function bedrockRoute(credentials: AwsCredentials | undefined): Protocol['route'] {
  return (method, path) => {
    const found = path.startsWith('/model/') ? PATH.exec(path) : null;
    const operation = found === null ? undefined : OPERATIONS.get(found[2]!);
    if (operation === undefined) return undefined;
    if (method !== 'POST') return 'wrong_method';
    const answer = operation(decodeSegment(found![1]!));
    return (call) => checkSignature(call, credentials) ?? answer(call);
  };
}
