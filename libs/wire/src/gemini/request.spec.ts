import { anthropic } from '../anthropic/index.js';
import type { ConversationRequest } from '../canonical/index.js';
import { openAiChat } from '../openai-chat/index.js';
import { decodeCountTokensRequest, encodeTokenCount, gemini } from './index.js';

const MODEL = 'gemini-3-pro-preview';
const user = (text: string) => ({ role: 'user', parts: [{ text }] });
const decode = (fields: object) => gemini.decodeRequest({ model: 'house', contents: [user('Hi')], ...fields });
const encodeAs = (request: ConversationRequest, model = MODEL, maxOutputTokens = 4_096) => {
  const { body, dropped } = gemini.encodeRequest(request, { model, maxOutputTokens });
  return { body: JSON.parse(body.toString()) as Record<string, any>, dropped };
};
const again = (fields: object, model?: string) => encodeAs(decode(fields), model).body;

const TOOL = {
  name: 'get_weather',
  description: 'Weather of a city',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
/** Two calls side by side, answered in the other order. */
const LOOP = [
  user('Weather in Oslo and Rome?'),
  {
    role: 'model',
    parts: [
      { text: 'Both.', thought: true, thoughtSignature: 'dGhvdWdodA==' },
      { functionCall: { id: 'a1', name: 'get_weather', args: { city: 'Oslo' } }, thoughtSignature: 'c2ln' },
      { functionCall: { id: 'a2', name: 'get_weather', args: { city: 'Rome' } } },
    ],
  },
  {
    role: 'user',
    parts: [
      { functionResponse: { id: 'a1', name: 'get_weather', response: { temperature: -3 } } },
      { functionResponse: { id: 'a2', name: 'get_weather', response: { error: 'no data' } } },
    ],
  },
];

describe('requests of Gemini', () => {
  it('[BX-004] come out of the canonical form as they went in', () => {
    const fields = {
      contents: [
        ...LOOP,
        {
          role: 'user',
          parts: [
            { text: 'And here?' },
            { inlineData: { mimeType: 'image/png', data: 'aGk=' } },
            { inlineData: { mimeType: 'audio/wav', data: 'aGk=' } },
            { fileData: { mimeType: 'application/pdf', fileUri: 'gs://bucket/map.pdf' } },
          ],
        },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [{ functionDeclarations: [TOOL] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['get_weather'] } },
      generationConfig: {
        maxOutputTokens: 4_096,
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        seed: 7,
        frequencyPenalty: 0.1,
        presencePenalty: -0.2,
        stopSequences: ['END'],
        candidateCount: 2,
        responseLogprobs: true,
        logprobs: 3,
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { ok: { type: 'boolean' } } },
        thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true },
      },
    };
    expect(again(fields)).toEqual(fields);
    expect(decode(fields)).toMatchObject({ model: 'house', maxOutputTokens: 4_096, choices: 2, topLogprobs: 3 });
  });

  it('[BX-004] read the names of fields in both spellings, and leave the names of the client alone', () => {
    const request = decode({
      contents: { parts: [{ inline_data: { mime_type: 'image/png', data: 'aGk=' } }] },
      system_instruction: { parts: { text: 'Be brief.' } },
      tools: {
        function_declarations: [
          { name: 'f', parameters: { type: 'OBJECT', properties: { max_items: { type: 'STRING' } } } },
        ],
      },
      generation_config: { max_output_tokens: 9, stop_sequences: ['a_b'], thinking_config: { thinking_budget: -1 } },
    });
    expect(request).toMatchObject({
      messages: [{ role: 'user', parts: [{ type: 'image', source: { mediaType: 'image/png' } }] }],
      system: [{ text: 'Be brief.' }],
      tools: [{ name: 'f', parameters: { type: 'object', properties: { max_items: { type: 'string' } } } }],
      maxOutputTokens: 9,
      stop: ['a_b'],
      reasoning: { isAdaptive: true, isShown: false },
    });
    const called = decode({
      contents: [
        user('Go'),
        { role: 'model', parts: [{ function_call: { name: 'f', args: { snake_key: { x_y: 1 } } } }] },
      ],
    });
    expect(called.messages[1]!.parts[0]).toMatchObject({ argumentsJson: '{"snake_key":{"x_y":1}}' });
  });

  it('[BX-004] take the model and whether to stream from where the caller put them', () => {
    expect(decode({ stream: true })).toMatchObject({ model: 'house', stream: true });
    expect(() => gemini.decodeRequest({ contents: [user('Hi')] })).toThrow(expect.objectContaining({ param: 'model' }));
    expect(() => decode({ contents: [] })).toThrow(expect.objectContaining({ param: 'contents' }));
    expect(() => decode({ contents: [{ role: 'system', parts: [{ text: 'x' }] }] })).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', param: 'contents[0].role' }),
    );
    expect(() => decode({ contents: [{ parts: [{ executableCode: { code: '1' } }] }] })).toThrow(/only Google itself/);
  });

  it('[GW-006] give calls without ids ids of their own, and find the call of each result by name and order', () => {
    const bare = (name: string, city: string) => ({ functionCall: { name, args: { city } } });
    const result = (name: string, output: string) => ({ functionResponse: { name, response: { output } } });
    const contents = [
      user('Go'),
      { role: 'model', parts: [bare('f', 'Oslo'), bare('g', 'Bern'), bare('f', 'Rome')] },
      { role: 'function', parts: [result('g', 'two'), result('f', 'one'), result('f', 'three')] },
      { role: 'model', parts: [bare('f', 'Oslo')] },
      { role: 'user', parts: [result('f', 'four')] },
    ];
    const { messages } = decode({ contents });
    const ids = messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool_call' ? [part.id] : [])));
    expect(ids).toEqual(['call_1_0', 'call_1_1', 'call_1_2', 'call_3_0']);
    expect(messages[2]!.parts.map((part) => part.type === 'tool_result' && part.callId)).toEqual([
      'call_1_1',
      'call_1_0',
      'call_1_2',
    ]);
    expect(messages[4]!.parts[0]).toMatchObject({ callId: 'call_3_0', parts: [{ text: 'four' }] });
    expect(decode({ contents }).messages).toEqual(messages);
    // Sent on, results stand in the order of their calls, which is all that Gemini 2.5 pairs by.
    const sent = encodeAs(decode({ contents }), 'gemini-2.5-flash').body['contents'];
    expect(sent[2].parts.map((part: any) => part.functionResponse)).toEqual([
      { name: 'f', response: { output: 'one' } },
      { name: 'g', response: { output: 'two' } },
      { name: 'f', response: { output: 'three' } },
    ]);
    expect(() => decode({ contents: [{ parts: [result('f', 'x')] }] })).toThrow(
      expect.objectContaining({ code: 'invalid_parameter' }),
    );
  });

  it('[GW-006] never give an id that the client gave to another call', () => {
    const call = (id?: string) => ({ functionCall: { ...(id && { id }), name: 'f', args: {} } });
    const { messages } = decode({ contents: [user('Go'), { role: 'model', parts: [call('call_1_1'), call()] }] });
    expect(messages[1]!.parts).toMatchObject([{ id: 'call_1_1' }, { id: 'call_1_1_' }]);
  });

  it("[GW-006] hand a tool's words on as they are", () => {
    const responses = [
      { output: 'plain' },
      { error: 'broken' },
      { a: 1, b: [true] },
      { output: { x: 1 } },
      { result: '1' },
    ];
    for (const response of responses) {
      const contents = [
        user('Go'),
        { role: 'model', parts: [{ functionCall: { id: 'c', name: 'f', args: {} }, thoughtSignature: 'c2ln' }] },
        { role: 'user', parts: [{ functionResponse: { id: 'c', name: 'f', response } }] },
      ];
      expect(again({ contents })['contents']).toEqual(contents);
    }
    const answered = (content: string) =>
      encodeAs(
        openAiChat.decodeRequest({
          model: 'house',
          messages: [
            {
              role: 'assistant',
              tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"broken' } }],
            },
            { role: 'tool', tool_call_id: 'c', content },
          ],
        }),
      ).body['contents'];
    // A number that JavaScript cannot hold stays in the words.
    expect(answered('{"id":12345678901234567890}')[1].parts[0].functionResponse.response).toEqual({
      output: '{"id":12345678901234567890}',
    });
    expect(answered('ok')[0].parts[0].functionCall.args).toEqual({ invalid_json: '{"broken' });
  });

  it('[PR-004] prove calls of other models to Gemini 3 with the value that Google documents, and only there', () => {
    const request = openAiChat.decodeRequest({
      model: 'house',
      messages: [
        { role: 'user', content: 'Go' },
        {
          role: 'assistant',
          reasoning_content: 'a foreign thought',
          tool_calls: ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
        },
        { role: 'tool', tool_call_id: 'b', content: '2' },
        { role: 'tool', tool_call_id: 'a', content: '1' },
      ],
    });
    const call = (id: string) => ({ functionCall: { id, name: 'f', args: {} } });
    const result = (id: string, output: string) => ({ functionResponse: { id, name: 'f', response: { output } } });
    expect(encodeAs(request).body['contents'].slice(1)).toEqual([
      { role: 'model', parts: [{ ...call('a'), thoughtSignature: 'skip_thought_signature_validator' }, call('b')] },
      { role: 'user', parts: [result('a', '1'), result('b', '2')] },
    ]);
    expect(encodeAs(request, 'gemini-2.5-pro').body['contents'][1].parts[0]).toEqual({
      functionCall: { name: 'f', args: {} },
    });
    expect(again({ contents: LOOP })['contents'][1].parts[1].thoughtSignature).toBe('c2ln');
  });

  it('[PR-004] keep the proof of a thought that was streamed in pieces, and beside text', () => {
    const contents = [
      user('Hi'),
      {
        role: 'model',
        parts: [
          { text: 'One ', thought: true },
          { text: 'two', thought: true },
          { text: '', thought: true, thoughtSignature: 'c2ln' },
          { text: 'Hello', thoughtSignature: 'dGV4dA==' },
        ],
      },
    ];
    expect(decode({ contents }).messages[1]!.parts).toEqual([
      { type: 'reasoning', text: 'One two', signature: 'c2ln', redacted: null },
      { type: 'text', text: 'Hello' },
      { type: 'reasoning', text: '', signature: 'dGV4dA==', redacted: null },
    ]);
    expect(again({ contents })['contents'][1].parts).toEqual([
      { text: 'One two', thought: true, thoughtSignature: 'c2ln' },
      { text: 'Hello' },
      { text: '', thoughtSignature: 'dGV4dA==' },
    ]);
  });

  it('[PR-004] read the OpenAPI dialect of schemas as JSON schema, and clean what Google would refuse', () => {
    const parameters = {
      type: 'OBJECT',
      property_ordering: ['b', 'a'],
      properties: {
        a: { type: 'STRING', format: 'enum', enum: ['x'], nullable: true },
        b: { type: 'ARRAY', minItems: '1', items: { anyOf: [{ type: 'INTEGER' }], nullable: true, example: 3 } },
      },
    };
    const schema = decode({ tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools[0]!.parameters!;
    expect(schema).toEqual({
      type: 'object',
      properties: {
        a: { type: ['string', 'null'], enum: ['x', null] },
        b: {
          type: 'array',
          minItems: 1,
          items: { anyOf: [{ anyOf: [{ type: 'integer' }], examples: [3] }, { type: 'null' }] },
        },
      },
    });
    expect(Object.keys(schema['properties'] as object)).toEqual(['b', 'a']);
    const recursive = {
      type: 'object',
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node', description: 'the next' } } } },
      properties: { $ref: { type: 'string', description: 'a property of this name' } },
      additionalProperties: false,
    };
    const sent = again({ tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: recursive }] }] });
    expect(sent['tools'][0].functionDeclarations[0].parametersJsonSchema).toEqual({
      ...recursive,
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
    });
  });

  it('[GW-006] translate how tools are to be chosen', () => {
    const declared = { tools: [{ functionDeclarations: [TOOL, { name: 'g' }, { name: 'h' }] }] };
    const choose = (functionCallingConfig: object) => decode({ ...declared, toolConfig: { functionCallingConfig } });
    expect(choose({ mode: 'AUTO' }).toolChoice).toEqual({ kind: 'auto' });
    expect(choose({ mode: 'NONE' }).toolChoice).toEqual({ kind: 'none' });
    expect(choose({ mode: 'ANY' }).toolChoice).toEqual({ kind: 'required' });
    const two = choose({ mode: 'ANY', allowedFunctionNames: ['g', 'h'] });
    expect([two.toolChoice, two.tools.map(({ name }) => name)]).toEqual([{ kind: 'required' }, ['g', 'h']]);
    expect(() => choose({ mode: 'MAYBE' })).toThrow(/AUTO, ANY, NONE or VALIDATED/);
    const modes = [{ kind: 'auto' }, { kind: 'none' }, { kind: 'required' }, { kind: 'tool', name: 'g' }] as const;
    const configs = modes.map((toolChoice) => encodeAs({ ...decode(declared), toolChoice }).body['toolConfig']);
    expect(configs.map(({ functionCallingConfig }) => functionCallingConfig)).toEqual([
      { mode: 'AUTO' },
      { mode: 'NONE' },
      { mode: 'ANY' },
      { mode: 'ANY', allowedFunctionNames: ['g'] },
    ]);
  });

  it('[PR-004] tell how much to think in the words of the generation', () => {
    const request = decode({});
    const thinking = (model: string, reasoning: object, max = 65_536) => {
      const whole = { effort: null, budgetTokens: null, isAdaptive: false, isShown: null, ...reasoning };
      return encodeAs({ ...request, reasoning: whole }, model, max).body['generationConfig'].thinkingConfig;
    };
    expect(thinking('gemini-3-flash', { effort: 'minimal' })).toEqual({
      thinkingLevel: 'MINIMAL',
      includeThoughts: true,
    });
    expect(thinking('gemini-3-flash', { effort: 'none' })).toEqual({ thinkingLevel: 'MINIMAL' });
    expect(thinking(MODEL, { effort: 'none' })).toEqual({ thinkingLevel: 'LOW' });
    expect(thinking(MODEL, { effort: 'xhigh', isShown: false })).toEqual({ thinkingLevel: 'HIGH' });
    expect(thinking('gemini-2.5-flash', { effort: 'none' })).toEqual({ thinkingBudget: 0 });
    expect(thinking('gemini-2.5-pro', { effort: 'none' })).toEqual({ thinkingBudget: 128 });
    expect(thinking('gemini-2.5-flash', { effort: 'medium' })).toMatchObject({ thinkingBudget: 8_192 });
    expect(thinking('gemini-2.5-pro', { budgetTokens: 90_000 })).toMatchObject({ thinkingBudget: 32_768 });
    expect(thinking('gemini-2.5-flash', { budgetTokens: 9_000 }, 1_000)).toMatchObject({ thinkingBudget: 999 });
    expect(thinking('gemini-2.5-flash', { isAdaptive: true })).toMatchObject({ thinkingBudget: -1 });
    expect(thinking('gemini-2.0-flash', { effort: 'high' })).toBeUndefined();
    expect(decode({ generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }).reasoning).toMatchObject({
      effort: 'none',
    });
    expect(decode({ generationConfig: { thinkingConfig: { thinkingBudget: 5 } } }).reasoning).toMatchObject({
      budgetTokens: 5,
    });
  });

  it('[PR-004] name what cannot be said, and refuse content that cannot', () => {
    expect(
      decode({
        contents: [{ parts: [{ fileData: { fileUri: 'https://example.org/a.mp4' }, videoMetadata: { fps: 2 } }] }],
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
        cachedContent: 'cachedContents/1',
        tools: [{ google_search: {} }, { codeExecution: {} }],
        generationConfig: { responseModalities: ['TEXT', 'IMAGE'], responseMimeType: 'text/x.enum' },
      }).inexpressible,
    ).toEqual([
      'videoMetadata',
      'tools (googleSearch)',
      'tools (codeExecution)',
      'safetySettings',
      'cachedContent',
      'responseModalities',
      'responseMimeType',
    ]);
    const wishes = {
      logit_bias: { 5: 1 },
      parallel_tool_calls: false,
      tools: [{ type: 'function', function: { name: 'f' } }],
    };
    const asked = (fields: object) =>
      openAiChat.decodeRequest({ model: 'house', messages: [{ role: 'user', content: 'Hi' }], ...fields });
    expect(encodeAs(asked(wishes)).dropped).toEqual(['logit_bias', 'parallel_tool_calls']);
    const file = asked({ messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] });
    expect(() => encodeAs(file)).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
    const orphan = asked({ messages: [{ role: 'tool', tool_call_id: 'nobody', content: 'x' }] });
    expect(() => encodeAs(orphan)).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
  });

  it('[PR-004] bring instructions, pictures of tools and addresses of Anthropic clients to their places', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    const request = anthropic.decodeRequest({
      model: 'house',
      max_tokens: 50,
      system: 'Be brief.',
      messages: [
        { role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://example.org/a.JPG?x=1' } }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'shot', input: {} }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: [image] },
            { type: 'text', text: '' },
          ],
        },
        { role: 'system', content: 'Mind the gap.' },
        { role: 'assistant', content: [{ type: 'thinking', thinking: 'foreign', signature: null }] },
      ],
    });
    const { body } = encodeAs(request);
    const inline = { inlineData: { mimeType: 'image/png', data: 'aGk=' } };
    expect(body['systemInstruction']).toEqual({ parts: [{ text: 'Be brief.' }, { text: 'Mind the gap.' }] });
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ fileData: { mimeType: 'image/jpeg', fileUri: 'https://example.org/a.JPG?x=1' } }] },
      { role: 'model', parts: [expect.objectContaining({ functionCall: { id: 'toolu_1', name: 'shot', args: {} } })] },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'toolu_1', name: 'shot', response: { output: '' }, parts: [inline] } }],
      },
    ]);
    expect(encodeAs(request, 'gemini-2.5-flash').body['contents'][2].parts).toEqual([
      { functionResponse: { name: 'shot', response: { output: '' } } },
      inline,
    ]);
    const [back] = gemini.decodeRequest({ model: 'house', ...body }).messages[2]!.parts;
    expect(back).toMatchObject({ type: 'tool_result', callId: 'toolu_1', parts: [{ type: 'image' }] });
  });

  it('[BX-004] are counted in both forms of countTokens', () => {
    const asked = { contents: [user('Hi')], systemInstruction: { parts: [{ text: 'Be brief.' }] } };
    const alone = decodeCountTokensRequest({ model: 'house', ...asked });
    const whole = { model: 'house', generateContentRequest: { model: 'models/other', ...asked } };
    expect(decodeCountTokensRequest(whole)).toEqual(alone);
    expect(JSON.parse(encodeTokenCount(31))).toEqual({ totalTokens: 31 });
  });
});
