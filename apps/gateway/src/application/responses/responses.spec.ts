import { SecretBox } from '@ao/config';
import { principalExample, principal as principalSchema, type Principal, type StoredResponse } from '@ao/contracts';
import { AppError, silentLogger } from '@ao/kernel';
import type { ResponseStore } from './ports.js';
import { ResolvePrevious } from './resolve-previous.js';
import { ResponseContents } from './response-contents.js';
import { StoreAnswer } from './store-answer.js';

type Json = Record<string, unknown>;

const alice = principalSchema.parse(principalExample);

/** The store as one organisation sees it. */
class MemoryStore implements ResponseStore {
  readonly saved = new Map<string, StoredResponse>();
  failure: AppError | null = null;

  save({ orgId }: Principal, response: Omit<StoredResponse, 'createdAtMs' | 'expiresAtMs'>): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    this.saved.set(`${orgId} ${response.id}`, { ...response, createdAtMs: 0, expiresAtMs: 1 });
    return Promise.resolve();
  }

  find({ orgId }: Principal, responseId: string): Promise<StoredResponse | null> {
    return Promise.resolve(this.saved.get(`${orgId} ${responseId}`) ?? null);
  }
}

describe('stored responses of the gateway', () => {
  let store: MemoryStore;
  let resolve: ResolvePrevious;
  let storeAnswer: StoreAnswer;
  const contents = new ResponseContents(new SecretBox(Buffer.alloc(32, 1)));
  beforeEach(() => {
    store = new MemoryStore();
    resolve = new ResolvePrevious(store, contents);
    storeAnswer = new StoreAnswer(store, contents, silentLogger);
  });

  const said = (id: string, text: string): Json => ({
    id,
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [] }],
  });
  const answer = (request: Json, response: Json, principal: Principal = alice): Promise<boolean> =>
    storeAnswer.execute({ principal, providerId: 'prov_1', request, response: { model: 'm', ...response } });
  const refusal = (request: Json, principal: Principal = alice): Promise<unknown> =>
    resolve.execute(request, principal).catch((error: unknown) => error);

  it('[BX-005] puts the turns before a request into its input, oldest first', async () => {
    await answer({ input: 'One?' }, { id: 'resp_a', output: [said('msg_a_0', 'One.')] });
    const second = { input: [{ role: 'user', content: 'Two?' }], previous_response_id: 'resp_a' };
    await answer(second, { id: 'resp_b', output: [said('msg_b_0', 'Two.')] });
    const third = await resolve.execute({ model: 'm', input: 'Three?', previous_response_id: 'resp_b' }, alice);
    expect(third).toEqual({
      model: 'm',
      input: [
        expect.objectContaining({ id: 'msg_a_i0', role: 'user', content: [{ type: 'input_text', text: 'One?' }] }),
        said('msg_a_0', 'One.'),
        expect.objectContaining({ id: 'msg_b_i0', content: [{ type: 'input_text', text: 'Two?' }] }),
        said('msg_b_0', 'Two.'),
        { role: 'user', content: 'Three?' },
      ],
    });
  });

  it('[BX-005] resolves items by their ids, with and without the conversation that they are of', async () => {
    const output = [
      said('msg_a_0', 'One.'),
      { id: 'fc_a_1', type: 'function_call', call_id: 'c', name: 'f', arguments: '' },
    ];
    await answer({ input: 'One?' }, { id: 'resp_a', output });
    const request = {
      input: [
        { type: 'item_reference', id: 'msg_a_i0' },
        { id: 'fc_a_1' },
        { type: 'function_call_output', call_id: 'c', output: '1' },
      ],
    };
    expect(await resolve.execute(request, alice)).toMatchObject({
      input: [{ role: 'user' }, { type: 'function_call', call_id: 'c' }, { type: 'function_call_output' }],
    });
    expect(await refusal({ input: [{ id: 'fc_a_7' }] })).toMatchObject({
      code: 'invalid_parameter',
      param: 'input[0].id',
    });
  });

  it('[BX-005] knows no response of another organisation, none that is gone and none with a gap before it', async () => {
    await answer({ input: 'One?', previous_response_id: 'resp_gone' }, { id: 'resp_a', output: [] });
    const expected = { code: 'previous_response_not_found', status: 400, param: 'previous_response_id' };
    expect(await refusal({ previous_response_id: 'resp_unknown' })).toMatchObject(expected);
    expect(await refusal({ previous_response_id: 'resp_a' })).toMatchObject(expected);
    const stranger = { ...alice, orgId: 'org_2' };
    expect(await refusal({ previous_response_id: 'resp_a' }, stranger)).toMatchObject(expected);
  });

  it('gives up on a conversation that goes round in circles', async () => {
    await answer({ input: 'One?', previous_response_id: 'resp_a' }, { id: 'resp_a', output: [] });
    expect(await refusal({ previous_response_id: 'resp_a' })).toMatchObject({ code: 'invalid_parameter' });
  });

  it('leaves a request alone that refers to nothing', async () => {
    const request = { model: 'm', input: [{ role: 'user', content: 'Hi' }], previous_response_id: null };
    expect(await resolve.execute(request, alice)).toBe(request);
  });

  it('[BX-005] stores nothing that its caller wants forgotten, or that is too large', async () => {
    const response = { id: 'resp_a', output: [] };
    expect(await answer({ input: 'Hi', store: false }, response)).toBe(false);
    // Noise, which no compression makes small.
    const noise = Array.from({ length: 400_000 }, (_, index) => ((index * 2_654_435_761) % 4_294_967_296).toString(36));
    expect(await answer({ input: noise.join('') }, response)).toBe(false);
    expect(store.saved.size).toBe(0);
    expect(await answer({ input: 'Hi' }, response)).toBe(true);
    expect(await answer({ input: 'x'.repeat(5_000_000) }, { ...response, id: 'resp_b' })).toBe(true);
  });

  it('goes on without a store that is away', async () => {
    store.failure = new AppError('backend_unavailable', 'Away.');
    expect(await answer({ input: 'Hi' }, { id: 'resp_a', output: [] })).toBe(false);
  });

  it('gives the store nothing to read, nor to swap between organisations', async () => {
    await answer({ input: 'a secret question' }, { id: 'resp_a', output: [] });
    const kept = store.saved.get(`${alice.orgId} resp_a`)!;
    expect(JSON.stringify(kept)).not.toContain('secret');
    expect(() => contents.unpack('org_2', kept)).toThrow(AppError);
  });
});
