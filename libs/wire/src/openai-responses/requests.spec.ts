import { AppError } from '@ao/kernel';
import { anthropic } from '../anthropic/index.js';
import { openAiChat } from '../openai-chat/index.js';
import { openAiResponses } from './index.js';

type Json = Record<string, unknown>;

const options = { model: 'provider-model', maxOutputTokens: 900 };
const toChat = (request: Json): Json =>
  JSON.parse(openAiChat.encodeRequest(openAiResponses.decodeRequest(request), options).body.toString()) as Json;
const toAnthropic = (request: Json): Json =>
  JSON.parse(anthropic.encodeRequest(openAiResponses.decodeRequest(request), options).body.toString()) as Json;
const toResponses = (request: Json, model = 'provider-model'): Json => {
  const encoded = openAiResponses.encodeRequest(openAiChat.decodeRequest(request), { ...options, model });
  return JSON.parse(encoded.body.toString()) as Json;
};
const refusalOf = (request: Json): { code: string; param: string | null } => {
  try {
    openAiResponses.decodeRequest(request);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, param: error.param };
    throw error;
  }
  throw new Error('was taken');
};

/** What a coding agent sends on the second round of a tool loop. */
const agentRequest = {
  model: 'coder',
  instructions: 'You edit code.',
  stream: true,
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'thread-1',
  parallel_tool_calls: false,
  reasoning: { effort: 'medium', summary: 'auto' },
  text: { verbosity: 'low' },
  tool_choice: 'auto',
  tools: [
    {
      type: 'function',
      name: 'shell',
      description: 'Runs a command.',
      strict: false,
      parameters: { type: 'object', properties: { command: { type: 'array', items: { type: 'string' } } } },
    },
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Edits files.',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: patch' },
    },
    { type: 'local_shell' },
  ],
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Work in /repo.' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix the typo.' }] },
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Look first.' }],
      encrypted_content: 'ao.signature.c2ln',
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me look.', annotations: [] }] },
    { type: 'function_call', call_id: 'call_1', name: 'shell', arguments: '{"command":["cat","a.txt"]}' },
    { type: 'custom_tool_call', call_id: 'call_2', name: 'apply_patch', input: '*** Begin Patch\n"x"' },
    { type: 'function_call_output', call_id: 'call_1', output: 'helo' },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'Done.' }] },
  ],
};

describe('Responses requests for providers of other protocols', () => {
  it('[BX-005] gives a chat provider the whole tool loop of a coding agent', () => {
    expect(toChat(agentRequest)).toMatchObject({
      model: 'provider-model',
      stream: true,
      parallel_tool_calls: false,
      tool_choice: 'auto',
      messages: [
        { role: 'system', content: 'You edit code.\n\nWork in /repo.' },
        { role: 'user', content: 'Fix the typo.' },
        {
          role: 'assistant',
          content: 'Let me look.',
          tool_calls: [
            { id: 'call_1', function: { name: 'shell', arguments: '{"command":["cat","a.txt"]}' } },
            { id: 'call_2', function: { name: 'apply_patch', arguments: '{"input":"*** Begin Patch\\n\\"x\\""}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'helo' },
        { role: 'tool', tool_call_id: 'call_2', content: 'Done.' },
      ],
      tools: [
        { function: { name: 'shell', strict: false } },
        {
          function: {
            name: 'apply_patch',
            description: 'Edits files.\n\nThe input must follow this lark grammar:\nstart: patch',
            parameters: { required: ['input'] },
          },
        },
        { function: { name: 'local_shell', parameters: { required: ['command'] } } },
      ],
    });
  });

  it('[BX-005] hands Anthropic its proof of a thought back, in the turn of the calls that it led to', () => {
    const { messages } = toAnthropic(agentRequest) as { messages: Json[] };
    expect(messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Look first.', signature: 'c2ln' },
          { type: 'text', text: 'Let me look.' },
          { type: 'tool_use', id: 'call_1' },
          { type: 'tool_use', id: 'call_2', input: { input: '*** Begin Patch\n"x"' } },
        ],
      },
      { role: 'user', content: [{ tool_use_id: 'call_1' }, { tool_use_id: 'call_2' }] },
    ]);
  });

  it('reads easy messages, pictures, files, sound and settings', () => {
    const request = openAiResponses.decodeRequest({
      model: 'm',
      max_output_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      top_logprobs: 2,
      safety_identifier: 'user-7',
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'a' }] },
      tools: ['a', 'b'].map((name) => ({ type: 'function', name, parameters: null, strict: null })),
      text: { format: { type: 'json_schema', name: 'shape', schema: { type: 'object' }, strict: true } },
      input: [
        { role: 'assistant', content: 'Hello.' },
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'original' },
            { type: 'input_image', file_id: 'file-1', detail: 'auto' },
            { type: 'input_file', file_data: 'data:application/pdf;base64,aGk=', filename: 'a.pdf' },
            { type: 'input_file', file_url: 'https://files.example/a.pdf' },
            { type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } },
          ],
        },
        { role: 'developer', content: 'Be brief.' },
      ],
    });
    expect(request).toMatchObject({
      maxOutputTokens: 50,
      temperature: 0.5,
      topP: 0.9,
      topLogprobs: 2,
      user: 'user-7',
      toolChoice: { kind: 'required' },
      tools: [{ name: 'a' }],
      outputFormat: { kind: 'schema', name: 'shape', strict: true },
      inexpressible: [],
      messages: [
        { role: 'assistant', parts: [{ text: 'Hello.' }] },
        {
          role: 'user',
          parts: [
            { type: 'image', detail: 'high', source: { kind: 'data', mediaType: 'image/png', data: 'aGk=' } },
            { type: 'image', detail: 'auto', source: { kind: 'file', id: 'file-1' } },
            { type: 'document', name: 'a.pdf', source: { kind: 'data', mediaType: 'application/pdf' } },
            { type: 'document', source: { kind: 'url', url: 'https://files.example/a.pdf' } },
            { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav' } },
          ],
        },
        { role: 'system', parts: [{ text: 'Be brief.' }] },
      ],
    });
  });

  it('drops hints silently and names what only OpenAI can do', () => {
    const hints = {
      store: true,
      metadata: { a: 'b' },
      truncation: 'auto',
      service_tier: 'auto',
      stream_options: { include_obfuscation: false },
      max_tool_calls: 3,
    };
    const told = openAiResponses.decodeRequest({
      model: 'm',
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      ],
      ...hints,
      tools: [{ type: 'web_search' }, { type: 'mcp', server_label: 'x' }],
      tool_choice: { type: 'web_search' },
      context_management: [{ type: 'compaction' }],
    });
    expect(told.inexpressible).toEqual([
      'input (web_search_call)',
      'tools (web_search)',
      'tools (mcp)',
      'tool_choice (web_search)',
      'context_management',
    ]);
  });

  it('brings the proof of a call back to it', () => {
    const { messages } = openAiResponses.decodeRequest({
      model: 'm',
      input: [
        { role: 'user', content: 'Weather?' },
        { type: 'reasoning', summary: [], encrypted_content: 'ao.call.cHJvb2Y=' },
        { type: 'function_call', call_id: 'c', name: 'weather', arguments: '{}' },
      ],
    });
    expect(messages[1]?.parts).toEqual([
      { type: 'tool_call', id: 'c', name: 'weather', argumentsJson: '{}', signature: 'cHJvb2Y=' },
    ]);
  });

  it.each([
    [{ input: 'Hi' }, 'missing_required_parameter', 'model'],
    [{ model: 'm' }, 'missing_required_parameter', 'input'],
    [{ model: 'm', input: [{ type: 'item_reference', id: 'msg_1' }] }, 'invalid_parameter', 'input[0].type'],
    [{ model: 'm', input: [{ id: 'msg_1' }] }, 'invalid_parameter', 'input[0].type'],
    [{ model: 'm', input: [{ role: 'robot', content: 'x' }] }, 'invalid_parameter', 'input[0].role'],
    [{ model: 'm', input: [{ role: 'user' }] }, 'missing_required_parameter', 'input[0].content'],
    [{ model: 'm', input: 'Hi', previous_response_id: 'resp_1' }, 'unsupported_parameter', 'previous_response_id'],
    [{ model: 'm', input: 'Hi', conversation: 'conv_1' }, 'unsupported_parameter', 'conversation'],
    [{ model: 'm', input: 'Hi', temperature: 3 }, 'invalid_parameter', 'temperature'],
  ])('refuses %j', (request, code, param) => {
    expect(refusalOf(request)).toEqual({ code, param });
  });
});

describe('requests of other protocols for Responses providers', () => {
  it('[BX-005] asks for the same, keeps nothing at the provider, and holds no model to a loose schema', () => {
    expect(
      toResponses({
        model: 'm',
        max_tokens: 64,
        stop: ['END'],
        response_format: { type: 'json_schema', json_schema: { name: 's', schema: { type: 'object' } } },
        tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://images.example/a.png' } }] },
          {
            role: 'assistant',
            content: 'Calling.',
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: 'c', content: '42' },
        ],
      }),
    ).toEqual({
      model: 'provider-model',
      store: false,
      instructions: 'Be kind.',
      max_output_tokens: 64,
      text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: false } },
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }],
      tool_choice: { type: 'function', name: 'f' },
      input: [
        {
          type: 'message',
          role: 'user',
          content: [{ type: 'input_image', image_url: 'https://images.example/a.png', detail: 'auto' }],
        },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Calling.' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: '42' },
      ],
    });
  });

  it('names the settings that Responses do not have', () => {
    const request = openAiChat.decodeRequest({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      stop: 'x',
      seed: 1,
      n: 2,
      logit_bias: { 1: 2 },
      presence_penalty: 1,
    });
    expect(openAiResponses.encodeRequest(request, options).dropped).toEqual([
      'seed',
      'presence_penalty',
      'stop',
      'n',
      'logit_bias',
    ]);
  });

  it('asks only models that think for their thoughts', () => {
    const thinking = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], reasoning_effort: 'max' };
    expect(toResponses(thinking)).not.toHaveProperty('reasoning');
    expect(toResponses(thinking, 'gpt-5.1')).toMatchObject({
      reasoning: { effort: 'xhigh' },
      include: ['reasoning.encrypted_content'],
    });
  });

  it('refuses sound, which the protocol cannot carry', () => {
    const request = openAiChat.decodeRequest({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } }] }],
    });
    expect(() => openAiResponses.encodeRequest(request, options)).toThrow(/audio/);
  });
});
