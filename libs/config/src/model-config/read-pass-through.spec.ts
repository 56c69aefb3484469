import { parseModelConfig } from './parse-model-config.js';

const parse = (entry: object, environment = {}) =>
  parseModelConfig(JSON.stringify({ general_settings: { pass_through_endpoints: [entry] } }), environment);
const route = { path: '/my/service/', target: 'https://target.example/base' };

describe('general_settings.pass_through_endpoints', () => {
  it('[GW-012] names path, target, headers with their variables, methods and the price of a request', () => {
    const headers = { Authorization: 'Bearer os.environ/TOKEN', 'Content-Type': 'text/plain' };
    const parsed = parse({ ...route, headers, methods: ['POST'], cost_per_request: 0.005 }, { TOKEN: 'secret' });
    expect(parsed.passThroughs).toEqual([
      {
        path: '/my/service',
        target: route.target,
        headers: { authorization: 'Bearer secret' },
        methods: ['POST'],
        free: false,
      },
    ]);
    expect(parsed.prices).toEqual([
      expect.objectContaining({
        vendor: 'pass-through',
        model: 'native:/my/service',
        info: expect.objectContaining({ input_cost_per_request: 0.005 }),
      }),
    ]);
    expect(parsed.warnings).toEqual([expect.stringContaining('headers.Content-Type')]);
  });

  it('[BX-012] tells free apart from unpriced', () => {
    expect(parse({ ...route, cost_per_request: 0 })).toMatchObject({ passThroughs: [{ free: true }], prices: [] });
    expect(parse(route)).toMatchObject({ passThroughs: [{ free: false }], prices: [] });
  });

  it('[GW-012] leaves out a route whose secret is not set', () => {
    const parsed = parse({ ...route, headers: { 'x-key': 'os.environ/MISSING' } });
    expect(parsed.passThroughs).toEqual([]);
    expect(parsed.warnings).toEqual([expect.stringContaining('MISSING is not set; this route is left out')]);
  });

  it.each([
    [{ path: 'my' }, 'path: must be a path'],
    [{ path: '/my/../admin' }, 'path: must not hold dot segments'],
    [{ path: '/my/*' }, 'path: must be a path'],
    [{ target: 'file:///etc/passwd' }, 'target: must be an http or https address'],
    [{ methods: ['CONNECT'] }, 'methods[0]: must be some of'],
    [{ headers: { 'a b': 'c' } }, 'headers.a b: is no name of a header'],
    [{ cost_per_request: -1 }, 'cost_per_request'],
  ])('[GW-012] refuses %j', (change, message) => {
    expect(() => parse({ ...route, ...change })).toThrow(message);
  });
});
