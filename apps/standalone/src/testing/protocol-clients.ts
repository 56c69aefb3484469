import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI, FunctionCallingConfigMode } from '@google/genai';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';

/** What a program that uses a vendor's own library sees. */
interface Told {
  text: string;
  calls: { name: string; arguments: unknown }[];
  inputTokens: number;
  outputTokens: number;
}

/** A vendor's own library, pointed at the platform. */
export interface ProtocolClient {
  name: string;
  say(model: string, prompt: string): Promise<Told>;
  stream(model: string, prompt: string): Promise<Told>;
  /** Asks with a tool that has to be called, then tells its result and gives what is said of it. */
  useTool(model: string, prompt: string): Promise<{ call: Told; after: Told }>;
}

const SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const DESCRIPTION = 'The weather of a city';
const RESULT = '18 degrees';
const OUTPUT_TOKENS = 256;

export const protocolClients = (url: string, key: string): ProtocolClient[] => [
  openAiChat(new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })),
  openAiResponses(new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })),
  anthropic(new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 })),
  // With a fetch of its own it leaves alone Node's dispatcher, which a test's global object does not have.
  gemini(new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, fetch: (...given) => fetch(...given) } })),
  ollama(new Ollama({ host: url, headers: { authorization: `Bearer ${key}` } })),
  vercel('the AI SDK over OpenAI', (model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).chat(model)),
  vercel('the AI SDK over Anthropic', (model) => createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model)),
];

const json = (text: string): unknown => JSON.parse(text === '' ? '{}' : text);

function openAiChat(client: OpenAI): ProtocolClient {
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: 'function', function: { name: 'get_weather', description: DESCRIPTION, parameters: SCHEMA } },
  ];
  const told = ({ choices, usage }: OpenAI.ChatCompletion): Told => ({
    text: choices[0]!.message.content ?? '',
    calls: (choices[0]!.message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? [{ name: call.function.name, arguments: json(call.function.arguments) }] : [],
    ),
    inputTokens: usage?.prompt_tokens ?? -1,
    outputTokens: usage?.completion_tokens ?? -1,
  });
  const user = (content: string) => ({ role: 'user' as const, content });
  return {
    name: 'openai, chat',
    say: async (model, prompt) => told(await client.chat.completions.create({ model, messages: [user(prompt)] })),
    stream: async (model, prompt) => {
      const stream = client.chat.completions.stream({
        model,
        messages: [user(prompt)],
        stream_options: { include_usage: true },
      });
      return told(await stream.finalChatCompletion());
    },
    useTool: async (model, prompt) => {
      const first = await client.chat.completions.create({
        model,
        messages: [user(prompt)],
        tools,
        tool_choice: 'required',
      });
      const { message } = first.choices[0]!;
      const results = (message.tool_calls ?? []).map(({ id }) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: RESULT,
      }));
      const second = await client.chat.completions.create({
        model,
        messages: [user(prompt), message, ...results],
        tools,
      });
      return { call: told(first), after: told(second) };
    },
  };
}

function openAiResponses(client: OpenAI): ProtocolClient {
  const tools = [
    { type: 'function' as const, name: 'get_weather', description: DESCRIPTION, parameters: SCHEMA, strict: true },
  ];
  const told = (response: OpenAI.Responses.Response): Told => ({
    text: response.output_text,
    calls: response.output.flatMap((item) =>
      item.type === 'function_call' ? [{ name: item.name, arguments: json(item.arguments) }] : [],
    ),
    inputTokens: response.usage?.input_tokens ?? -1,
    outputTokens: response.usage?.output_tokens ?? -1,
  });
  return {
    name: 'openai, responses',
    say: async (model, input) => told(await client.responses.create({ model, input })),
    stream: async (model, input) => told(await client.responses.stream({ model, input }).finalResponse()),
    useTool: async (model, input) => {
      const first = await client.responses.create({ model, input, tools, tool_choice: 'required', store: false });
      const results = first.output.flatMap((item) =>
        item.type === 'function_call'
          ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: RESULT }]
          : [],
      );
      const second = await client.responses.create({
        model,
        input: [
          { role: 'user', content: input },
          ...(first.output as OpenAI.Responses.ResponseInputItem[]),
          ...results,
        ],
        tools,
        store: false,
      });
      return { call: told(first), after: told(second) };
    },
  };
}

function anthropic(client: Anthropic): ProtocolClient {
  const tools = [{ name: 'get_weather', description: DESCRIPTION, input_schema: SCHEMA }];
  const told = ({ content, usage }: Anthropic.Message): Told => ({
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, arguments: block.input }] : [],
    ),
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
  });
  const user = (content: string) => ({ role: 'user' as const, content });
  const common = { max_tokens: OUTPUT_TOKENS };
  return {
    name: '@anthropic-ai/sdk',
    say: async (model, prompt) => told(await client.messages.create({ ...common, model, messages: [user(prompt)] })),
    stream: async (model, prompt) =>
      told(await client.messages.stream({ ...common, model, messages: [user(prompt)] }).finalMessage()),
    useTool: async (model, prompt) => {
      const first = await client.messages.create({
        ...common,
        model,
        messages: [user(prompt)],
        tools,
        tool_choice: { type: 'any' },
      });
      const results = first.content.flatMap((block) =>
        block.type === 'tool_use' ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: RESULT }] : [],
      );
      const messages: Anthropic.MessageParam[] = [
        user(prompt),
        { role: 'assistant', content: first.content },
        { role: 'user', content: results },
      ];
      const second = await client.messages.create({ ...common, model, messages, tools });
      return { call: told(first), after: told(second) };
    },
  };
}

function gemini(client: GoogleGenAI): ProtocolClient {
  const config = { maxOutputTokens: OUTPUT_TOKENS };
  const tools = [
    { functionDeclarations: [{ name: 'get_weather', description: DESCRIPTION, parametersJsonSchema: SCHEMA }] },
  ];
  type Response = Awaited<ReturnType<typeof client.models.generateContent>>;
  const told = (responses: Response[]): Told => {
    const parts = responses.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    const usage = responses.at(-1)?.usageMetadata;
    return {
      text: parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join(''),
      calls: parts.flatMap(({ functionCall }) =>
        functionCall ? [{ name: functionCall.name ?? '', arguments: functionCall.args }] : [],
      ),
      inputTokens: usage?.promptTokenCount ?? -1,
      outputTokens: (usage?.candidatesTokenCount ?? -1) + (usage?.thoughtsTokenCount ?? 0),
    };
  };
  return {
    name: '@google/genai',
    say: async (model, contents) => told([await client.models.generateContent({ model, contents, config })]),
    stream: async (model, contents) => {
      const chunks: Response[] = [];
      const stream = await client.models.generateContentStream({ model, contents, config });
      for await (const chunk of stream) chunks.push(chunk);
      return told(chunks);
    },
    useTool: async (model, prompt) => {
      const toolConfig = { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } };
      const first = await client.models.generateContent({
        model,
        contents: prompt,
        config: { ...config, tools, toolConfig },
      });
      const { content } = first.candidates![0]!;
      const results = (content?.parts ?? []).flatMap(({ functionCall }) =>
        functionCall
          ? [{ functionResponse: { name: functionCall.name, id: functionCall.id, response: { output: RESULT } } }]
          : [],
      );
      const contents = [{ role: 'user', parts: [{ text: prompt }] }, content!, { role: 'user', parts: results }];
      const second = await client.models.generateContent({ model, contents, config: { ...config, tools } });
      return { call: told([first]), after: told([second]) };
    },
  };
}

function ollama(client: Ollama): ProtocolClient {
  const tools = [{ type: 'function', function: { name: 'get_weather', description: DESCRIPTION, parameters: SCHEMA } }];
  const user = (content: string) => ({ role: 'user', content });
  type Answer = Awaited<ReturnType<typeof chat>>;
  const chat = (model: string, messages: object[], more: object = {}) =>
    client.chat({ model, messages: messages as never, stream: false, ...more });
  const told = ({ message, prompt_eval_count: input, eval_count: output }: Answer): Told => ({
    text: message.content,
    calls: (message.tool_calls ?? []).map((call) => ({ name: call.function.name, arguments: call.function.arguments })),
    inputTokens: input,
    outputTokens: output,
  });
  return {
    name: 'ollama',
    say: async (model, prompt) => told(await chat(model, [user(prompt)])),
    stream: async (model, prompt) => {
      let text = '';
      let last: Answer | undefined;
      const parts = await client.chat({ model, messages: [user(prompt)], stream: true });
      for await (const part of parts) {
        text += part.message.content;
        last = part;
      }
      return { ...told(last!), text };
    },
    useTool: async (model, prompt) => {
      const first = await chat(model, [user(prompt)], { tools });
      const results = (first.message.tool_calls ?? []).map((call) => ({
        role: 'tool',
        content: RESULT,
        tool_name: call.function.name,
      }));
      const second = await chat(model, [user(prompt), first.message, ...results], { tools });
      return { call: told(first), after: told(second) };
    },
  };
}

function vercel(
  name: string,
  languageModel: (model: string) => Parameters<typeof generateText>[0]['model'],
): ProtocolClient {
  const get_weather = tool({
    description: DESCRIPTION,
    inputSchema: jsonSchema<{ city: string }>(SCHEMA),
    execute: async () => RESULT,
  });
  type Result = Pick<Awaited<ReturnType<typeof generateText>>, 'text' | 'usage' | 'toolCalls'>;
  const told = ({ text, usage, toolCalls }: Result): Told => ({
    text,
    calls: toolCalls.map((call) => ({ name: call.toolName, arguments: call.input })),
    inputTokens: usage.inputTokens ?? -1,
    outputTokens: usage.outputTokens ?? -1,
  });
  const common = { maxRetries: 0, maxOutputTokens: OUTPUT_TOKENS };
  return {
    name,
    say: async (model, prompt) => told(await generateText({ ...common, model: languageModel(model), prompt })),
    stream: async (model, prompt) => {
      let failure: unknown;
      const onError = ({ error }: { error: unknown }): void => void (failure = error);
      const result = streamText({ ...common, model: languageModel(model), prompt, onError });
      const [text, usage, toolCalls] = await Promise.all([result.text, result.usage, result.toolCalls]);
      if (failure !== undefined) throw failure;
      return told({ text, usage, toolCalls });
    },
    useTool: async (model, prompt) => {
      const first = await generateText({
        ...common,
        model: languageModel(model),
        prompt,
        tools: { get_weather },
        toolChoice: 'required',
      });
      const messages = [{ role: 'user' as const, content: prompt }, ...first.response.messages];
      const second = await generateText({ ...common, model: languageModel(model), messages, tools: { get_weather } });
      return { call: told(first), after: told(second) };
    },
  };
}
