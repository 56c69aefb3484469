import { anthropic } from '../anthropic/index.js';
import { gemini } from '../gemini/index.js';
import { openAiChat } from '../openai-chat/index.js';
import type { ProviderProtocol } from '../protocol.js';
import { translate } from './translate.js';

const labels = { id: 'req_1', model: 'm', nowS: 1 };
const options = { model: 'claude-sonnet-4-6', maxOutputTokens: 4_000 };
const ask = (messages: object[]) => openAiChat.decodeRequest({ model: 'm', messages });
const question = { role: 'user', content: 'Why?' };

/** What an OpenAI client is told of an answer with a thought of Anthropic's. */
function toldByAnthropic(): any {
  const answer = {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'Because.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'c2VhbGVk' },
      { type: 'text', text: 'So.' },
    ],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  const exchange = translate(ask([question]), openAiChat, anthropic, options, labels);
  const whole = exchange.readAnswer(Buffer.from(JSON.stringify(answer)))!;
  return JSON.parse(whole.body.toString()).choices[0].message;
}

const sentTo = (provider: ProviderProtocol): string =>
  translate(ask([question, toldByAnthropic(), question]), openAiChat, provider, options, labels).body.toString();

describe('proofs of thought', () => {
  it('[BX-004] go back to the protocol that they came from as they were', () => {
    const body = JSON.parse(sentTo(anthropic)) as { messages: { content: unknown[] }[] };
    expect(body.messages[1]!.content).toEqual([
      { type: 'thinking', thinking: 'Because.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'c2VhbGVk' },
      { type: 'text', text: 'So.' },
    ]);
  });

  it('[BX-004] go nowhere else: another provider would refuse the call for them', () => {
    expect(sentTo(gemini)).not.toMatch(/c2ln|c2VhbGVk|ao-anthropic/);
  });
});
