import { addCost, addCostToFrame, usageFrame } from './add-cost.js';

const add = (answer: string): string => addCost(Buffer.from(answer), '0.000000123').toString();

describe('the cost in an answer', () => {
  it('[BX-009] stands in the usage, and every other byte is as it was', () => {
    expect(add('{"id": "a",\n "usage":{"prompt_tokens":3, "x":[1]},"z" :1 }')).toBe(
      '{"id": "a",\n "usage":{"cost":0.000000123,"prompt_tokens":3, "x":[1]},"z" :1 }',
    );
  });

  it.each([
    ['replaces what a provider calls cost', '{"usage":{"cost":9}}', '{"usage":{"cost":0.000000123}}'],
    ['fills an empty usage', '{"usage":{}}', '{"usage":{"cost":0.000000123}}'],
    ['adds a usage where there is none', '{"id":"a"}', '{"usage":{"cost":0.000000123},"id":"a"}'],
    ['replaces a usage of null', '{"usage":null}', '{"usage":{"cost":0.000000123}}'],
    ['leaves alone what is no object', '[1]', '[1]'],
  ])('[BX-009] %s', (_name, answer, expected) => expect(add(answer)).toBe(expected));

  it('[BX-009] stands in the frame of a stream', () => {
    const frame = Buffer.from('data: {"choices":[],"usage":{"total_tokens":7}}\r\n\r\n');
    expect(addCostToFrame(frame, '1.5').toString()).toBe(
      'data: {"choices":[],"usage":{"cost":1.5,"total_tokens":7}}\n\n',
    );
    expect(addCostToFrame(Buffer.from(': ping\n\n'), '1.5').toString()).toBe(': ping\n\n');
  });

  it('[BX-009] comes in a chunk of our own when the provider sends none', () => {
    const text = usageFrame(3, 4, '0.5').toString();
    expect(JSON.parse(text.slice('data: '.length))).toMatchObject({
      object: 'chat.completion.chunk',
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, cost: 0.5 },
    });
  });
});
