// node libs/wire/bench/scan.bench.mjs (after a build): what the hot path's byte scanners reach on this machine.
import { locateFields, openai, SseScanner } from '../dist/index.js';

const text = 'The quick brown fox jumps over the lazy dog, "said" nobody.\nAnd then: {"a": [1, 2]}. ';
const chat = (bytes) =>
  Buffer.from(
    JSON.stringify({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'You are a helpful assistant.' },
        { role: 'user', content: text.repeat(Math.ceil(bytes / text.length)) },
      ],
      temperature: 0.7,
      stream: true,
    }),
  );
const embeddings = Buffer.from(
  JSON.stringify({
    data: [{ embedding: Array.from({ length: 1536 }, (_, i) => Math.sin(i) / 10) }],
    usage: { prompt_tokens: 1 },
  }),
);
const delta = (content) =>
  `data: {"id":"chatcmpl-9xYzAbCdEfGhIjKlMnOpQrStUvWx","object":"chat.completion.chunk","created":1735689600,"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"content":"${content}"},"logprobs":null,"finish_reason":null}]}\n\n`;
const oneFrame = Buffer.from(delta(' hello'));
const manyFrames = Buffer.from(delta(' hello').repeat(50));

function bench(name, bytes, work) {
  const until = (ms) => {
    const start = performance.now();
    let runs = 0;
    while (performance.now() - start < ms) {
      for (let i = 0; i < 50; i += 1) work();
      runs += 50;
    }
    return ((performance.now() - start) * 1e6) / runs;
  };
  until(300);
  const ns = until(1000);
  console.log(`${name.padEnd(42)} ${ns.toFixed(0).padStart(9)} ns ${((bytes * 1e3) / ns).toFixed(0).padStart(7)} MB/s`);
}

for (const size of [500, 4_000, 100_000]) {
  const body = chat(size);
  bench(`locateFields, chat ${body.length} bytes`, body.length, () => locateFields(body));
  bench(`JSON.parse, the same`, body.length, () => JSON.parse(body.toString()));
}
bench(`locateFields, embeddings ${embeddings.length} bytes`, embeddings.length, () => locateFields(embeddings));
bench(`JSON.parse, the same`, embeddings.length, () => JSON.parse(embeddings.toString()));
const scanner = new SseScanner();
bench('SseScanner, one frame per chunk', oneFrame.length, () => scanner.push(oneFrame));
bench('SseScanner, 50 frames per chunk', manyFrames.length, () => scanner.push(manyFrames));
const reader = new openai.StreamReader();
bench('StreamReader, a frame', oneFrame.length, () => reader.read(oneFrame));
bench('JSON.parse of a frame', oneFrame.length, () => JSON.parse(oneFrame.toString('utf8', 6)));
const limits = { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null };
for (const size of [500, 4_000]) {
  const body = chat(size);
  bench(`parseChatRequest ${body.length} bytes`, body.length, () => openai.parseChatRequest(body, limits));
  const request = openai.parseChatRequest(body, limits);
  bench('encodeChatRequest, model and usage', body.length, () =>
    openai.encodeChatRequest(request, { model: 'gpt-4o-2024' }),
  );
}
bench('usageFromBody, embeddings', embeddings.length, () => openai.usageFromBody(embeddings));
