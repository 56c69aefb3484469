import { encoded, requestOf } from '../__fixtures__/streams.js';
import type { ConversationRequest, Part } from '../canonical/index.js';
import { ollama, ollamaGenerate } from './index.js';

const PNG = 'iVBORw0KGgoAAAANSUhEUg==';
const TOOL = { name: 'get_weather', description: 'Of a city', parameters: { type: 'object' }, strict: null };

const decode = (body: object) => ollama.decodeRequest({ model: 'm', ...body });
const user = (content: string, more: object = {}) => ({ role: 'user', content, ...more });
const call = (name: string, more: object = {}) => ({ function: { name, arguments: { city: 'Oslo' } }, ...more });

describe('Ollama requests of clients', () => {
  it('[PR-011] stream unless told not to', () => {
    expect(decode({ messages: [user('hi')] }).stream).toBe(true);
    expect(decode({ messages: [user('hi')], stream: false }).stream).toBe(false);
  });

  it('keep what every protocol can say', () => {
    const options = {
      num_predict: 64,
      temperature: 0.2,
      top_p: 0.9,
      top_k: 40,
      seed: 7,
      stop: ['END'],
      num_ctx: 8_192,
    };
    const penalties = { frequency_penalty: 0.5, presence_penalty: 0, repeat_penalty: 1 };
    const messages = [{ role: 'System', content: 'Be brief.' }, user('What?', { images: [PNG] })];
    expect(decode({ messages, options: { ...options, ...penalties }, format: 'json', keep_alive: '5m' })).toEqual(
      requestOf({
        system: [{ type: 'text', text: 'Be brief.' }],
        messages: [
          {
            role: 'user',
            parts: [
              { type: 'text', text: 'What?' },
              { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: PNG }, detail: null },
            ],
          },
        ],
        maxOutputTokens: 64,
        temperature: 0.2,
        topP: 0.9,
        topK: 40,
        seed: 7,
        stop: ['END'],
        frequencyPenalty: 0.5,
        outputFormat: { kind: 'json' },
        stream: true,
      }),
    );
  });

  it('name what no other provider has', () => {
    const options = { repeat_penalty: 1.3, min_p: 0.05, num_predict: -1 };
    const request = decode({ messages: [user('hi')], options });
    expect(request.inexpressible).toEqual(['repeat_penalty', 'min_p']);
    expect(request.maxOutputTokens).toBeNull();
  });

  it.each<[unknown, ConversationRequest['reasoning']]>([
    [true, { effort: null, budgetTokens: null, isAdaptive: false, isShown: true }],
    [false, { effort: 'none', budgetTokens: null, isAdaptive: false, isShown: null }],
    ['high', { effort: 'high', budgetTokens: null, isAdaptive: false, isShown: true }],
    [undefined, null],
  ])('think %j', (think, reasoning) => {
    expect(decode({ messages: [user('hi')], think }).reasoning).toEqual(reasoning);
  });

  it('[GW-006] find the call of a result by id, by name, or by order', () => {
    const tool = (content: string, more: object = {}) => ({ role: 'tool', content, ...more });
    const { messages } = decode({
      messages: [
        user('Weather and time?'),
        {
          role: 'assistant',
          content: '',
          tool_calls: [call('weather'), call('time'), call('time'), call('time', { id: 'given' })],
        },
        tool('fourth', { tool_call_id: 'given' }),
        tool('second', { tool_name: 'time' }),
        tool('third', { tool_name: 'time' }),
        tool('first'),
      ],
    });
    expect(messages).toHaveLength(3);
    const results = messages[2]!.parts.map((part) => part.type === 'tool_result' && [part.callId, part.name]);
    expect(results).toEqual([
      ['given', 'time'],
      ['call_1', 'time'],
      ['call_2', 'time'],
      ['call_0', 'weather'],
    ]);
    expect(() => decode({ messages: [user('hi'), tool('?')] })).toThrow('no call waits');
  });

  it.each([
    [{ messages: [] }, "Set 'messages'"],
    [{ messages: [user('hi', { images: ['Zm9v'] })] }, 'PNG, JPEG, GIF or WebP'],
    [{ messages: [{ role: 'robot', content: 'hi' }] }, "'messages[0].role'"],
    [{ messages: [user('hi')], format: 'xml' }, "'format'"],
    [{ messages: [user('hi')], think: 'hard' }, "'think'"],
  ])('are refused when wrong: %j', (body, message) => {
    expect(() => decode(body)).toThrow(message);
  });

  it('[PR-011] may be a lone prompt', () => {
    const body = { model: 'm', prompt: 'Why?', system: 'Be brief.', images: [PNG], raw: false, context: [] };
    const request = ollamaGenerate.decodeRequest(body);
    expect(request.system).toEqual([{ type: 'text', text: 'Be brief.' }]);
    expect(request.messages[0]!.parts.map(({ type }) => type)).toEqual(['text', 'image']);
    expect(request).toMatchObject({ stream: true, inexpressible: [] });
    const odd = ollamaGenerate.decodeRequest({ ...body, suffix: '}', raw: true, context: [1, 2] });
    expect(odd.inexpressible).toEqual(['suffix', 'context', 'raw']);
    expect(() => ollamaGenerate.decodeRequest({ model: 'm', prompt: '' })).toThrow("Set 'prompt'");
  });
});

describe('requests for Ollama', () => {
  it('[PR-011] always say whether to stream, and carry options where Ollama reads them', () => {
    expect(encoded(ollama).json).toEqual({
      model: 'the-model',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: false,
    });
    const given = { stream: true, maxOutputTokens: 9, temperature: 0, topK: 3, seed: 1, stop: ['x'] } as const;
    expect(encoded(ollama, given).json).toMatchObject({
      stream: true,
      options: { num_predict: 9, temperature: 0, top_k: 3, seed: 1, stop: ['x'] },
    });
  });

  it('[GW-006] hand calls over as objects and results with the name of their tool', () => {
    const calls: Part[] = [
      { type: 'reasoning', text: 'Look it up.', signature: null, redacted: null },
      { type: 'tool_call', id: 'a', name: 'get_weather', argumentsJson: '{"city":"Oslo"}' },
      { type: 'tool_call', id: 'b', name: 'get_weather', argumentsJson: '{"city":' },
    ];
    const result = { type: 'tool_result', callId: 'b', name: null, isError: true } as const;
    const { json } = encoded(ollama, {
      tools: [TOOL],
      messages: [
        { role: 'assistant', parts: calls },
        {
          role: 'user',
          parts: [
            { ...result, parts: [{ type: 'text', text: 'no city' }] },
            { type: 'text', text: '?' },
          ],
        },
      ],
    });
    expect(json['messages']).toEqual([
      {
        role: 'assistant',
        content: '',
        thinking: 'Look it up.',
        tool_calls: [
          { id: 'a', function: { name: 'get_weather', arguments: { city: 'Oslo' } } },
          { id: 'b', function: { name: 'get_weather', arguments: { invalid_json: '{"city":' } } },
        ],
      },
      { role: 'tool', content: 'Error: no city', tool_name: 'get_weather', tool_call_id: 'b' },
      { role: 'user', content: '?' },
    ]);
    expect(json['tools']).toEqual([
      {
        type: 'function',
        function: { name: 'get_weather', description: 'Of a city', parameters: { type: 'object', properties: {} } },
      },
    ]);
  });

  it.each([
    [{ effort: 'none', budgetTokens: null }, false],
    [{ effort: 'minimal', budgetTokens: null }, 'low'],
    [{ effort: null, budgetTokens: 2_000 }, true],
  ] as const)('think as the client wants: %j', (reasoning, think) => {
    const { json } = encoded(ollama, { reasoning: { ...reasoning, isAdaptive: false, isShown: null } });
    expect(json['think']).toBe(think);
  });

  it('tell what they had to drop', () => {
    const { json, dropped } = encoded(ollama, {
      tools: [TOOL],
      toolChoice: { kind: 'required' },
      parallelToolCalls: false,
      choices: 2,
      logitBias: { 5: 1 },
      inexpressible: ['prediction'],
    });
    expect(dropped).toEqual(['tool_choice', 'parallel_tool_calls', 'n', 'logit_bias', 'prediction']);
    expect(json).not.toHaveProperty('tool_choice');
    expect(encoded(ollama, { tools: [TOOL], toolChoice: { kind: 'none' } })).toMatchObject({ dropped: [] });
    expect(encoded(ollama, { tools: [TOOL], toolChoice: { kind: 'none' } }).json).not.toHaveProperty('tools');
  });

  it.each<[string, Part]>([
    ['images', { type: 'image', source: { kind: 'url', url: 'https://e.com/a.png', mediaType: null }, detail: null }],
    ['sound', { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'UklG' } }],
    ['documents', { type: 'document', source: { kind: 'file', id: 'f' }, name: null }],
  ])('refuse %s that Ollama could not see', (what, part) => {
    const refuse = () => encoded(ollama, { messages: [{ role: 'user', parts: [part] }] });
    expect(refuse).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
    expect(refuse).toThrow(what);
  });

  it('come back as they went', () => {
    const request = requestOf({
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'Weather?' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'w', argumentsJson: '{"city":"Oslo"}' }] },
        {
          role: 'user',
          parts: [
            { type: 'tool_result', callId: 'a', name: 'w', parts: [{ type: 'text', text: '4 °C' }], isError: false },
          ],
        },
      ],
      outputFormat: { kind: 'schema', name: 'answer', schema: { type: 'object' }, strict: null },
      maxOutputTokens: 5,
      topP: 0.5,
    });
    const { body } = ollama.encodeRequest(request, { model: 'm', maxOutputTokens: 5 });
    expect(ollama.decodeRequest(JSON.parse(body.toString()))).toEqual(request);
  });
});
