import { encodeChatRequest } from './encode-request.js';
import { parseChatRequest, type ChatRequestLimits } from './decode-request.js';

const LIMITS: ChatRequestLimits = { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null };
const MESSAGES = [{ role: 'user', content: 'Hi' }];

const parseText = (text: string, limits = LIMITS) => parseChatRequest(Buffer.from(text), limits);
const parse = (request: object, limits = LIMITS) => parseText(JSON.stringify(request), limits);

/** The refusal of a request, as `code param`. */
function refusal(request: object | string, limits = LIMITS): string {
  try {
    if (typeof request === 'string') parseText(request, limits);
    else parse(request, limits);
  } catch (error) {
    const { code, param } = error as { code: string; param: string | null };
    return `${code} ${param}`;
  }
  return 'accepted';
}

describe('parseChatRequest', () => {
  it('reads what the gateway needs', () => {
    const request = parse({
      model: 'gpt-4o',
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 10,
      max_completion_tokens: 20,
      n: 2,
      user: 'u-1',
      metadata: { team: 'a' },
      tools: [{ type: 'function' }],
    });
    expect(request).toMatchObject({
      model: 'gpt-4o',
      stream: true,
      includeUsage: true,
      maxOutputTokens: 20,
      n: 2,
      user: 'u-1',
      metadata: { team: 'a' },
      schemaBytes: '[{"type":"function"}]'.length,
    });
  });

  it('[BX-011] reads the service that is asked for, and whether the provider is to search', () => {
    const asked = parse({ model: 'm', messages: MESSAGES, service_tier: 'flex', web_search_options: {} });
    expect(asked).toMatchObject({ serviceTier: 'flex', searches: true });
    const not = parse({ model: 'm', messages: MESSAGES, service_tier: null, web_search_options: null });
    expect(not).toMatchObject({ serviceTier: null, searches: false });
    expect(refusal({ model: 'm', messages: MESSAGES, service_tier: 5 })).toBe('invalid_parameter service_tier');
  });

  it('takes absent and null for the defaults', () => {
    const plain = { stream: false, includeUsage: false, maxOutputTokens: null, n: 1, user: null, metadata: null };
    expect(parse({ model: 'm', messages: MESSAGES })).toMatchObject(plain);
    const nulls = { stream: null, stream_options: null, max_tokens: null, n: null, user: null, metadata: null };
    expect(parse({ model: 'm', messages: MESSAGES, ...nulls })).toMatchObject(plain);
    expect(parse({ model: 'm', messages: MESSAGES, max_tokens: 7, max_completion_tokens: null }).maxOutputTokens).toBe(
      7,
    );
  });

  it('[GW-020] names the field when model, messages or the content of the user is missing', () => {
    expect(refusal({ messages: MESSAGES })).toBe('missing_required_parameter model');
    expect(refusal({ model: '', messages: MESSAGES })).toBe('missing_required_parameter model');
    expect(refusal({ model: 'm' })).toBe('missing_required_parameter messages');
    expect(refusal({ model: 'm', messages: [] })).toBe('missing_required_parameter messages');
    const empties = ['', null, undefined, [], [{ type: 'text', text: '' }]];
    for (const content of empties) {
      const messages = [
        { role: 'system', content: 's' },
        { role: 'user', content },
      ];
      expect(refusal({ model: 'm', messages })).toBe('missing_required_parameter messages[1].content');
    }
  });

  it('lets assistants and tools be silent', () => {
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }],
    };
    const messages = [...MESSAGES, call, { role: 'tool', tool_call_id: 'c', content: '' }];
    expect(refusal({ model: 'm', messages })).toBe('accepted');
  });

  it('[GW-019] holds each limit exactly', () => {
    const limits = { modelLengthMax: 5, messagesMax: 2, contentCharactersMax: 10 };
    const at = { model: 'm'.repeat(5), messages: [{ role: 'user', content: 'é'.repeat(10) }, ...MESSAGES] };
    expect(refusal(at, limits)).toBe('accepted');
    expect(refusal({ ...at, model: 'm'.repeat(6) }, limits)).toBe('invalid_parameter model');
    expect(refusal({ ...at, messages: [...at.messages, ...MESSAGES] }, limits)).toBe('invalid_parameter messages');
    const long = { role: 'user', content: 'é'.repeat(11) };
    expect(refusal({ ...at, messages: [long] }, limits)).toBe('invalid_parameter messages[0].content');
    const parts = [6, 5].map((length) => ({ type: 'text', text: '\n'.repeat(length) }));
    expect(refusal({ ...at, messages: [{ role: 'user', content: parts }] }, limits)).toBe(
      'invalid_parameter messages[0].content',
    );
  });

  it.each([
    [{ model: 7 }, 'model'],
    [{ messages: {} }, 'messages'],
    [{ messages: ['Hi'] }, 'messages[0]'],
    [{ messages: [{ role: 1, content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: ['x'] }] }, 'messages[0].content[0]'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text'],
    [{ stream: 'true' }, 'stream'],
    [{ stream_options: [] }, 'stream_options'],
    [{ max_tokens: 1.5 }, 'max_tokens'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_completion_tokens: '5' }, 'max_completion_tokens'],
    [{ n: 0 }, 'n'],
    [{ n: 129 }, 'n'],
    [{ user: {} }, 'user'],
    [{ metadata: 'x' }, 'metadata'],
  ])('refuses wrong types: %j', (change, param) => {
    expect(refusal({ model: 'm', messages: MESSAGES, ...change })).toBe(`invalid_parameter ${param}`);
  });

  it('refuses a message without a role', () => {
    expect(refusal({ model: 'm', messages: [{ content: 'x' }] })).toBe('missing_required_parameter messages[0].role');
  });

  it('refuses fields of a content part given twice', () => {
    const part = '{"type":"text","text":"long","type":"image_url"}';
    expect(refusal(`{"model":"m","messages":[{"role":"user","content":[${part}]}]}`)).toBe(
      'invalid_parameter messages[0].content[0].type',
    );
  });

  it('refuses fields given twice, because the provider may read the other one', () => {
    const rest = '"messages":[{"role":"user","content":"x"}]';
    expect(refusal(`{"model":"a",${rest},"model":"b"}`)).toBe('invalid_parameter model');
    expect(refusal(`{"model":"a",${rest},"n":1,"\\u006e":100}`)).toBe('invalid_parameter n');
    const doubled = '{"model":"a","messages":[{"role":"user","content":"x","content":"y"}]}';
    expect(refusal(doubled)).toBe('invalid_parameter messages[0].content');
  });

  it.each(['', '{', 'null', '[]', '"x"', '{"model":"a"', '{"model":"a"}}', `{"model":${'['.repeat(100_000)}`])(
    'refuses malformed JSON %#',
    (text) => {
      expect(refusal(text)).toBe('invalid_json null');
    },
  );

  it('refuses broken escapes in what it reads', () => {
    expect(refusal('{"model":"a\\q","messages":[{"role":"user","content":"x"}]}')).toBe('invalid_json model');
  });

  it('[MT-005] takes the larger of two output limits: a provider may know only the other one', () => {
    const limited = (limits: object) => parse({ model: 'm', messages: MESSAGES, ...limits }).maxOutputTokens;
    expect(limited({ max_tokens: 9_000, max_completion_tokens: 1 })).toBe(9_000);
    expect(limited({ max_tokens: 5 })).toBe(5);
  });

  it.each(['video_url', 'constructor', '__proto__', undefined])(
    'counts a content part of the type %s among those whose tokens it cannot know',
    (type) => {
      const part = { type, text: 'x'.repeat(500) };
      const summary = parse({ model: 'm', messages: [{ role: 'user', content: [part] }] }).messages;
      expect(summary).toMatchObject({ files: 1, images: 0, audios: 0 });
      expect(summary.textBytes).toBeGreaterThan(500);
    },
  );

  it('counts an earlier spoken answer that is referred to', () => {
    const said = (audio: object | null) => parse({ model: 'm', messages: [...MESSAGES, { role: 'assistant', audio }] });
    expect(said({ id: 'audio_1' }).messages.audios).toBe(1);
    expect(said(null).messages.audios).toBe(0);
  });

  it('counts every byte of the request that is no media as prompt, and what the answer may repeat or be', () => {
    const request = { model: 'm', messages: MESSAGES, documents: ['d'.repeat(900)] };
    expect(parse(request).promptBytes).toBe(JSON.stringify(request).length);
    expect(parse(request)).toMatchObject({ predictionBytes: 0, mediaOutput: false });
    const prediction = { type: 'content', content: 'p'.repeat(700) };
    const spoken = parse({ ...request, prediction, modalities: ['text', 'audio'] });
    expect(spoken).toMatchObject({ predictionBytes: JSON.stringify(prediction).length, mediaOutput: true });
  });

  it('counts text and media apart', () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(5000)}` } };
    const audio = { type: 'input_audio', input_audio: { data: 'A'.repeat(5000), format: 'wav' } };
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image, audio, { type: 'file' }] },
    ];
    const summary = parse({ model: 'm', messages }).messages;
    expect(summary).toMatchObject({ count: 1, images: 1, audios: 1, files: 1 });
    expect(summary.textBytes).toBeGreaterThan('What is this?'.length);
    expect(summary.textBytes).toBeLessThan(200);
  });
});

describe('encodeChatRequest', () => {
  const encode = (request: object, model?: string) =>
    encodeChatRequest(parse(request), model === undefined ? {} : { model }).toString();

  it('[GW-027] leaves a request that needs no change untouched', () => {
    const body = Buffer.from(`{ "model":"m", "messages":${JSON.stringify(MESSAGES)} }`);
    expect(encodeChatRequest(parseChatRequest(body, LIMITS), { model: 'm' })).toBe(body);
  });

  it('names the model as the provider does and asks streams for usage, keeping other options', () => {
    expect(encode({ model: 'fast', messages: MESSAGES }, 'gpt-4o')).toBe(
      JSON.stringify({ model: 'gpt-4o', messages: MESSAGES }),
    );
    const stream = { model: 'm', messages: MESSAGES, stream: true };
    expect(JSON.parse(encode(stream))).toEqual({ ...stream, stream_options: { include_usage: true } });
    const options = { include_obfuscation: false, include_usage: false };
    expect(JSON.parse(encode({ ...stream, stream_options: options }))).toEqual({
      ...stream,
      stream_options: { include_obfuscation: false, include_usage: true },
    });
    expect(JSON.parse(encode({ ...stream, stream_options: null }))).toMatchObject({
      stream_options: { include_usage: true },
    });
  });

  it('sets an upper limit in the field that the provider knows', () => {
    const request = parse({ model: 'm', messages: MESSAGES, max_tokens: 9999 });
    const capped = encodeChatRequest(request, { maxOutputTokens: { field: 'max_tokens', tokens: 100 } });
    expect(JSON.parse(capped.toString())).toEqual({ model: 'm', messages: MESSAGES, max_tokens: 100 });
  });
});
