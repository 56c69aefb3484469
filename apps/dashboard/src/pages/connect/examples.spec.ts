import { curlExample, nodeExample, pythonExample } from './examples.js';

describe('the examples', () => {
  it('name the server that the page came from, and the model', () => {
    for (const example of [
      curlExample('https://ai.example', '$AO_API_KEY', 'm-1'),
      pythonExample('https://ai.example', 'm-1'),
      nodeExample('https://ai.example', 'm-1'),
    ]) {
      expect(example).toContain('https://ai.example/v1');
      expect(example).toContain('"m-1"');
    }
  });

  it('stay one argument in a shell, whatever a model is called', () => {
    const command = curlExample('http://127.0.0.1:3456', 'sk-ao-1', "it's; rm -rf $HOME");
    expect(command).toContain(`-d '{"model":"it'\\''s; rm -rf $HOME","messages"`);
  });
});
