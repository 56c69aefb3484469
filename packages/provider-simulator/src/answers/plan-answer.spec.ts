import { layerBehaviour, PLAIN_BEHAVIOUR } from '../behaviour/behaviour.js';
import { toBehaviour } from '../behaviour/parse-directives.js';
import type { ChatRequest } from './chat-request.js';
import { planAnswer, type Answer } from './plan-answer.js';

const weather = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
const clock = { name: 'clock', parameters: undefined };
const plain: ChatRequest = {
  question: 'Hi',
  inputCharacters: 40,
  tools: [],
  toolChoice: 'auto',
  endsWithToolResult: false,
  outputTokensMax: undefined,
  format: 'text',
  choiceCount: 1,
};

function plan(request: Partial<ChatRequest>, directives = ''): Answer {
  return planAnswer({ ...plain, ...request }, layerBehaviour(PLAIN_BEHAVIOUR, toBehaviour(directives)));
}

describe('the figures of an answer', () => {
  it('follow from four characters per token', () => {
    expect(plan({}, 'text=12345678').usage).toEqual({
      inputTokens: 10,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: 2,
      reasoningTokens: 0,
    });
  });

  it('count reasoning inside the output and cached input inside the input', () => {
    const answer = plan({}, 'output_tokens=20&reasoning_tokens=5&input_tokens=100&cached_tokens=60');
    expect(answer.usage).toMatchObject({ inputTokens: 100, cachedTokens: 60, outputTokens: 20, reasoningTokens: 5 });
    expect(answer.tokens).toHaveLength(15);
    expect(plan({}, 'text=1234&reasoning_tokens=5').usage.outputTokens).toBe(6);
    expect(plan({}, 'cached_tokens=60').usage.inputTokens).toBe(60);
  });

  it('leave a set text alone and only report the set output', () => {
    const answer = plan({}, 'text=hello&output_tokens=900');
    expect([answer.content, answer.usage.outputTokens]).toEqual(['hello', 900]);
  });

  it('count every choice', () => {
    expect(plan({ choiceCount: 3 }, 'text=12345678').usage.outputTokens).toBe(6);
  });
});

describe('the length of an answer', () => {
  it('obeys the maximum of the caller and says so', () => {
    const answer = plan({ outputTokensMax: 2 });
    expect(answer).toMatchObject({ content: 'Hello! T', finishReason: 'length', usage: { outputTokens: 2 } });
  });

  it('passes that maximum when a test asks for more', () => {
    expect(plan({ outputTokensMax: 2 }, 'output_tokens=9').tokens).toHaveLength(9);
  });
});

describe('the tool call', () => {
  it('is made when the request or the behaviour demands it', () => {
    const tools = [weather, clock];
    expect(plan({ tools }).toolName).toBeUndefined();
    expect(plan({ tools }, 'tool=1').toolName).toBe('weather');
    expect(plan({ tools }, 'tool=clock').toolName).toBe('clock');
    expect(plan({ tools, toolChoice: 'required' }).toolName).toBe('weather');
    expect(plan({ tools, toolChoice: { name: 'clock' } })).toMatchObject({
      toolName: 'clock',
      content: '{}',
      finishReason: 'tool_calls',
    });
    expect(plan({ tools, toolChoice: 'required' }, 'tool=0').toolName).toBeUndefined();
    expect(plan({ tools, toolChoice: 'none' }, 'tool=1').toolName).toBeUndefined();
    expect(plan({ tools: [] }, 'tool=1').toolName).toBeUndefined();
  });

  it('is not repeated after the result of a tool, so that an agent comes to an end', () => {
    expect(plan({ tools: [weather], endsWithToolResult: true }, 'tool=1').toolName).toBeUndefined();
  });

  it('has arguments that fit the schema unless they are set', () => {
    expect(plan({ tools: [weather] }, 'tool=1').content).toBe('{"city":"demo"}');
    expect(plan({ tools: [weather] }, 'tool=1&tool_arguments={"city"').content).toBe('{"city"');
  });
});

describe('the blocks of an answer', () => {
  const kinds = (answer: Answer): string[] => answer.blocks.map(({ kind }) => kind);
  const called = (answer: Answer): string[] => answer.blocks.flatMap(({ toolName }) => toolName || []);

  it('are reasoning, text and calls, and the output counts them all', () => {
    const answer = plan({ tools: [weather] }, 'reasoning=12345678&text=1234&tool=1&tool_arguments={}');
    expect(kinds(answer)).toEqual(['reasoning', 'text', 'tool_call']);
    expect(answer.usage).toMatchObject({ reasoningTokens: 2, outputTokens: 4 });
    expect(plan({}, 'reasoning=12345678&reasoning_tokens=9&text=1234').usage).toMatchObject({
      reasoningTokens: 9,
      outputTokens: 10,
    });
  });

  it('are as many calls as set, of the offered tools in turn or of the named one', () => {
    const tools = [weather, clock];
    expect(called(plan({ tools }, 'tool_calls=3'))).toEqual(['weather', 'clock', 'weather']);
    expect(called(plan({ tools }, 'tool_calls=2&tool=clock'))).toEqual(['clock', 'clock']);
    expect(called(plan({ tools, toolChoice: { name: 'clock' } }, 'tool_calls=2'))).toEqual(['clock', 'clock']);
    expect(called(plan({ tools, toolChoice: 'none' }, 'tool_calls=2'))).toEqual([]);
    expect(called(plan({ tools, endsWithToolResult: true }, 'tool_calls=2'))).toEqual([]);
  });

  it('share the maximum of the caller in their order', () => {
    const request = { tools: [weather], outputTokensMax: 3 };
    const answer = plan(request, 'reasoning=12345678&text=1234&tool=1');
    expect(kinds(answer)).toEqual(['reasoning', 'text']);
    expect(answer).toMatchObject({ finishReason: 'length', usage: { outputTokens: 3 } });
  });
});

describe('the stop sequence', () => {
  it('ends the text before the first that the caller named, or the set one', () => {
    const request = { stopSequences: ['two', 'one'] };
    expect(plan(request, 'text=zero one two')).toMatchObject({ content: 'zero ', stopSequence: 'one' });
    expect(plan({}, 'text=zero one&stop_sequence=one')).toMatchObject({ content: 'zero ', stopSequence: 'one' });
    expect(plan({}, 'text=zero&stop_sequence=END')).toMatchObject({ content: 'zero', stopSequence: 'END' });
    expect(plan(request, 'text=zero')).toMatchObject({
      content: 'zero',
      stopSequence: undefined,
      finishReason: 'stop',
    });
  });
});

describe('a structured answer', () => {
  it('is JSON, of the schema when there is one', () => {
    expect(JSON.parse(plan({ format: 'json' }).content)).toHaveProperty('answer');
    const schema = {
      type: 'object',
      properties: {
        kind: { enum: ['a', 'b'] },
        counts: { type: 'array', items: { type: 'integer' } },
        note: { type: ['string', 'null'] },
        fixed: { const: 7 },
        either: { anyOf: [{ type: 'boolean' }] },
        unknown: { $ref: '#' },
      },
    };
    expect(JSON.parse(plan({ format: { schema } }).content)).toEqual({
      kind: 'a',
      counts: [1],
      note: 'demo',
      fixed: 7,
      either: true,
      unknown: null,
    });
  });
});
