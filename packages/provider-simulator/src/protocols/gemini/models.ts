import { decodeSegment, jsonOperation } from '../json-operation.js';
import type { Call, DecodedCall, Operation, RefusedCall } from '../protocol.js';
import { checkAccess } from './validate.js';

const MODELS: Readonly<Record<string, readonly string[]>> = {
  'demo-chat': ['generateContent', 'countTokens'],
  'demo-embedding': ['embedContent', 'countTokens'],
};
const INPUT_TOKENS_MAX = 1_048_576;
const OUTPUT_TOKENS_MAX = 65_536;

function describeModel(name: string): object {
  return {
    name: `models/${name}`,
    version: '001',
    displayName: name,
    inputTokenLimit: INPUT_TOKENS_MAX,
    outputTokenLimit: OUTPUT_TOKENS_MAX,
    supportedGenerationMethods: MODELS[name] ?? MODELS['demo-chat'],
  };
}

/** `GET …/models`. */
export function listModels(call: Call): DecodedCall | RefusedCall {
  return checkAccess(call) ?? jsonOperation('', () => ({ models: Object.keys(MODELS).map(describeModel) }));
}

/** `GET …/models/{model}`: any name exists. */
export function showModel(name: string): Operation {
  return (call) => checkAccess(call) ?? jsonOperation(decodeSegment(name), ({ model }) => describeModel(model));
}
