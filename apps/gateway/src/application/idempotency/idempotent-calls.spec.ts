import { AppError, sleep } from '@ao/kernel';
import { openMemoryKeyValue, type KeyValue } from '@ao/keyvalue';
import { waitFor } from '@ao/testing';
import { fingerprintUnder } from './fingerprint.js';
import {
  ANSWER_BYTES_MAX,
  Gateway,
  LEASE_MS,
  RETENTION_MS,
  answering,
  charged,
  failing,
  streaming,
  untilCut,
} from './test-gateway.suite.js';

describe('calls with an idempotency key', () => {
  it('[WL-011] run once for ten at once and give all the same answer, with its cost and the id that was billed', async () => {
    const gateway = new Gateway(answering());
    const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.send()));
    answers.push(await gateway.send());
    expect(gateway.runs).toBe(1);
    expect(new Set(answers.map(({ body }) => body.toString()))).toEqual(new Set(['{"ok":true}']));
    for (const { status, headers } of answers.slice(1)) {
      expect(status).toBe(200);
      expect(headers).toEqual({
        'content-type': 'application/json',
        'x-ao-cost-usd': '0.5',
        'x-ao-request-id': 'req_a1',
        'x-litellm-call-id': 'req_a1',
        'x-ao-idempotent-replay': 'true',
      });
    }
    expect(answers[0]!.headers).not.toHaveProperty('x-ao-idempotent-replay');
    expect(gateway.outcomes.toSorted()).toEqual([
      'replayed',
      'replayed',
      'replayed',
      'replayed',
      'replayed',
      'replayed',
      'replayed',
      'replayed',
      'replayed',
      'replayed',
      'run',
    ]);
  });

  it('[WL-011] run once on two gateways that share a store', async () => {
    const store = openMemoryKeyValue();
    const [one, two] = [new Gateway(answering('one'), store), new Gateway(answering('two'), store, { id: 'b' })];
    const answers = await Promise.all([one.send(), two.send(), one.send(), two.send()]);
    expect(one.runs + two.runs).toBe(1);
    expect(new Set(answers.map(({ body }) => body.toString())).size).toBe(1);
  });

  it('[WL-011] repeat a stream byte for byte, with its trailer', async () => {
    const gateway = new Gateway(streaming);
    const [first, again] = [await gateway.send(), await gateway.send()];
    expect(gateway.runs).toBe(1);
    expect(again.body).toEqual(first.body);
    expect(again.trailers).toEqual({ 'x-ao-cost-usd': '0.25' });
    expect(again.headers['x-ao-cost-usd']).toBe('0.25');
  });

  it('[WL-011] refuse another body, provider key, end user or tag under the same key', async () => {
    const gateway = new Gateway(answering());
    await gateway.send();
    const refused = { code: 'conflict', status: 409, param: 'idempotency-key' };
    await expect(gateway.send('k', { body: '{"model":"n"}' })).rejects.toMatchObject(refused);
    for (const change of [{ ownKey: 'sk-own' }, { endUserId: 'eve' }, { tags: ['batch'] }]) {
      await expect(gateway.send('k', change)).rejects.toMatchObject(refused);
    }
    expect((await gateway.send('k', { sessionId: 'next' })).status).toBe(200);
    expect(gateway.runs).toBe(1);
    expect(gateway.outcomes).toEqual(['run', 'refused', 'refused', 'refused', 'refused', 'replayed']);
  });

  it('[WL-011] are apart for each API key and endpoint', async () => {
    const gateway = new Gateway(answering());
    await gateway.send();
    await gateway.send('k', { keyId: 'key_2' });
    await gateway.send('k', { endpoint: '/v1/embeddings' });
    await gateway.send('another');
    expect(gateway.runs).toBe(4);
  });

  it('[WL-011] may be tried again when they failed and cost nothing', async () => {
    let failures = 0;
    const gateway = new Gateway(async (out) => {
      if ((failures += 1) <= 2) return failing(failures === 2 ? { status: 502, usageSource: 'none' } : undefined)();
      return answering()(out);
    });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'upstream_error' });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'upstream_error' });
    expect((await gateway.send()).status).toBe(200);
  });

  it('[WL-011] let the next of those that wait run when the first failed and cost nothing', async () => {
    let runs = 0;
    const gateway = new Gateway(async (out) => {
      await sleep(40);
      return (runs += 1) === 1 ? failing()() : answering()(out);
    });
    const ended = await Promise.allSettled(Array.from({ length: 5 }, () => gateway.send()));
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(gateway.runs).toBe(2);
  });

  it('[WL-011] repeat a failure that was charged, and never run it again', async () => {
    const gateway = new Gateway(failing({ status: 502, usageSource: 'estimated' }));
    await expect(gateway.send()).rejects.toMatchObject({ code: 'upstream_error' });
    const again = await gateway.send();
    expect(again.status).toBe(502);
    expect(JSON.parse(again.body.toString())).toMatchObject({ error: { code: 'upstream_error' } });
    expect(gateway.runs).toBe(1);
  });

  it('[WL-011] refuse with 409 what was charged and could not be kept: too large, no room, or broken off', async () => {
    const large = new Gateway(answering('x'.repeat(ANSWER_BYTES_MAX + 1)));
    expect((await large.send()).body).toHaveLength(ANSWER_BYTES_MAX + 1);
    const full = new Gateway(answering('x'.repeat(2_000)), undefined, { organisationBytesMax: 4_000 });
    await full.send();
    await full.send('second');
    const broken = new Gateway(async (out) => {
      out.head(200, {});
      return failing(charged)();
    });
    await expect(broken.send()).rejects.toMatchObject({ code: 'upstream_error' });
    const refused = { code: 'conflict', message: expect.stringContaining('carried out and charged') as string };
    await expect(large.send()).rejects.toMatchObject(refused);
    await expect(full.send('second')).rejects.toMatchObject(refused);
    await expect(broken.send()).rejects.toMatchObject(refused);
    expect((await full.send()).status).toBe(200);
    expect([large.runs, full.runs, broken.runs]).toEqual([1, 2, 1]);
  });

  it('[WL-011] finish though the caller leaves, for the caller that comes back', async () => {
    const caller = new AbortController();
    const gateway = new Gateway(async (out, call) => {
      caller.abort();
      expect(call.signal.aborted).toBe(false);
      return answering()(out);
    });
    await gateway.send('k', { signal: caller.signal });
    expect((await gateway.send()).body.toString()).toBe('{"ok":true}');
    expect(gateway.runs).toBe(1);
  });

  it('keep the key for as long as they run, longer than a lease', async () => {
    const gateway = new Gateway(async (out) => {
      await sleep(LEASE_MS * 3);
      return answering()(out);
    });
    await Promise.all([gateway.send(), sleep(LEASE_MS * 2).then(() => gateway.send())]);
    expect(gateway.runs).toBe(1);
  });

  it('run again once the gateway that had the key has been silent for a lease', async () => {
    const gateway = new Gateway(answering());
    const { store } = gateway;
    const silent = { ...store, replaceIf: async () => true };
    const dead = new Gateway(untilCut, silent, { id: 'dead' });
    const hung = dead.send();
    await waitFor(() => dead.runs === 1);
    expect((await gateway.send()).status).toBe(200);
    expect(gateway.runs).toBe(1);
    await dead.calls.stop(1_000);
    await hung;
  });

  it('are forgotten after the retention', async () => {
    const gateway = new Gateway(answering(), undefined, { retentionMs: RETENTION_MS });
    await gateway.send();
    await sleep(RETENTION_MS);
    await waitFor(async () => (await gateway.send(), gateway.runs === 2));
  });

  it('end only once the answer is saved', async () => {
    const endedBefore: (boolean | undefined)[] = [];
    const store = openMemoryKeyValue();
    const watched: KeyValue = {
      ...store,
      replaceIf: (...given) => {
        endedBefore.push(gateway.received[0]?.ended);
        return store.replaceIf(...given);
      },
    };
    const gateway = new Gateway(streaming, watched);
    expect((await gateway.send()).ended).toBe(true);
    expect(endedBefore).toEqual([false]);
  });

  it('are saved later when the store was away for a moment', async () => {
    let away = false;
    const store = openMemoryKeyValue();
    const unsteady: KeyValue = {
      ...store,
      replaceIf: async (...given) => {
        if (away) throw new AppError('backend_unavailable', 'away');
        return store.replaceIf(...given);
      },
    };
    const answer = answering();
    const gateway = new Gateway((out) => answer(out).finally(() => (away = true)), unsteady, { leaseMs: 5_000 });
    expect((await gateway.send()).ended).toBe(true);
    away = false;
    expect((await gateway.send()).headers['x-ao-idempotent-replay']).toBe('true');
    expect(gateway.runs).toBe(1);
  });

  it('[WL-011] are refused with 503, before anything is sent, while the store is away', async () => {
    const store = openMemoryKeyValue();
    const away = (): Promise<never> => Promise.reject(new AppError('backend_unavailable', 'away'));
    const gateway = new Gateway(answering(), { ...store, setIfAbsent: away });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'backend_unavailable', retryAfterSeconds: 1 });
    expect(gateway.runs).toBe(0);
  });

  it('leave the key free when the store took the claim and its answer was lost', async () => {
    const store = openMemoryKeyValue();
    let lost = true;
    const losing: KeyValue = {
      ...store,
      setIfAbsent: async (...given) => {
        const set = await store.setIfAbsent(...given);
        if (!lost) return set;
        throw new AppError('backend_unavailable', 'late');
      },
    };
    const gateway = new Gateway(answering(), losing, { leaseMs: 60_000 });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'backend_unavailable' });
    lost = false;
    expect((await gateway.send()).status).toBe(200);
    expect(gateway.runs).toBe(1);
  });

  it('bear with a store that is away for a moment while they wait', async () => {
    const store = openMemoryKeyValue();
    let away = false;
    const unsteady: KeyValue = {
      ...store,
      get: (key) => (away ? Promise.reject(new AppError('backend_unavailable', 'away')) : store.get(key)),
    };
    const gateway = new Gateway(async (out) => {
      away = true;
      await sleep(100);
      away = false;
      return answering()(out);
    }, unsteady);
    const answers = await Promise.all([gateway.send(), gateway.send()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(gateway.runs).toBe(1);
  });

  it('leave nothing that can be read in the store', async () => {
    const values: string[] = [];
    const store = openMemoryKeyValue();
    const watched: KeyValue = {
      ...store,
      replaceIf: (key, expected, value, options) => {
        values.push(key, value.toString());
        return store.replaceIf(key, expected, value, options);
      },
    };
    const gateway = new Gateway(answering('canary-answer'), watched);
    await gateway.send('canary-key', { body: '{"prompt":"canary-prompt"}' });
    expect(values.length).toBeGreaterThan(1);
    expect(values.join(' ')).not.toContain('canary');
  });

  it('are cut off by a stop, which waits for what they cost to be saved', async () => {
    const gateway = new Gateway(untilCut);
    const first = gateway.send();
    await waitFor(() => gateway.runs === 1);
    await gateway.calls.stop(1_000);
    await first;
    expect((await gateway.send()).body.toString()).toBe('cut');
  });
});

describe('a fingerprint', () => {
  it('differs when parts are cut elsewhere, and under another pepper', () => {
    const fingerprint = fingerprintUnder(Buffer.alloc(32, 1));
    expect(fingerprint('ab', 'c')).toBe(fingerprint('ab', Buffer.from('c')));
    expect(fingerprint('ab', 'c')).not.toBe(fingerprint('a', 'bc'));
    expect(fingerprint('ab')).not.toBe(fingerprintUnder(Buffer.alloc(32, 2))('ab'));
  });
});
