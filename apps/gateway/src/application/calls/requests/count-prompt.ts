import { countMessagesExact, meterText, type CountableMessage } from '@ao/tokens';

/** The prompt of a chat request or the input of an embeddings request, as JSON bytes. */
export function countPrompt(model: string, body: Buffer): number {
  const request = JSON.parse(body.toString('utf8')) as {
    messages?: CountableMessage[];
    input?: unknown;
    tools?: unknown;
  };
  if (Array.isArray(request.messages)) {
    const exact = countMessagesExact(model, request.messages);
    return exact >= 0 ? exact : meterText(model, JSON.stringify(request.messages)).tokens;
  }
  return [request.input].flat().reduce<number>((sum, item) => sum + countInput(model, item), 0);
}

function countInput(model: string, item: unknown): number {
  if (typeof item === 'number' || Array.isArray(item)) return Array.isArray(item) ? item.length : 1;
  return typeof item === 'string' ? meterText(model, item).tokens : 0;
}
