import type { ServerResponse } from 'node:http';
import { listChannelsV1 } from '@ao/contracts';
import { sleep } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { adminOf, NotificationHost } from './__fixtures__/notification-host.js';
import { isAuthentic, WebhookReceiver } from './__fixtures__/webhook-receiver.js';

describe('the delivery of alerts', () => {
  const receiver = new WebhookReceiver();
  let host: NotificationHost;

  beforeAll(async () => {
    await receiver.start();
    host = await NotificationHost.start();
  });

  afterAll(async () => {
    await host.stop();
    await host.database.drop();
    receiver.stop();
  });

  it('[NT-005] tries again after a 500 until the receiver takes it, as one delivery signed anew', async () => {
    receiver.answer('/flaky', (response, call) => response.writeHead(call < 3 ? 500 : 200).end('thanks'));
    const { secret } = await host.createChannel('org_flaky', receiver.url('/flaky'));
    await host.cross('org_flaky');
    expect(await host.settled('org_flaky', 'delivered')).toMatchObject([{ attempts: 3, lastError: null }]);
    const calls = receiver.to('/flaky');
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ headers, body }) => `${String(headers['x-ao-delivery'])} ${body}`)).size).toBe(1);
    expect(calls.every((call) => isAuthentic(call, secret))).toBe(true);
  });

  it('[NT-001] lists as dead what failed to the last attempt, and tries it no more', async () => {
    receiver.answer('/broken', (response) => response.writeHead(503).end());
    await host.createChannel('org_broken', receiver.url('/broken'));
    await host.cross('org_broken');
    const dead = await host.settled('org_broken', 'dead');
    expect(dead).toMatchObject([{ attempts: 3, lastError: 'the receiver answered 503', deliveredAt: null }]);
    await sleep(100);
    expect(receiver.to('/broken')).toHaveLength(3);
    expect(await host.deliveries('org_broken', 'pending')).toEqual([]);
  });

  it('[NT-005] follows no redirect', async () => {
    receiver.answer('/moved', (response) => response.writeHead(302, { location: receiver.url('/inside') }).end());
    await host.createChannel('org_moved', receiver.url('/moved'));
    await host.cross('org_moved');
    expect(await host.settled('org_moved', 'dead')).toMatchObject([{ lastError: 'the receiver answered 302' }]);
    expect(receiver.to('/inside')).toEqual([]);
  });

  it('gives up a receiver that closes the connection', async () => {
    receiver.answer('/closes', (response) => response.destroy());
    await host.createChannel('org_closes', receiver.url('/closes'));
    await host.cross('org_closes');
    const lastError = expect.stringMatching(/^the connection failed: [A-Z_]+$/);
    expect(await host.settled('org_closes', 'dead')).toMatchObject([{ attempts: 3, lastError }]);
  });

  it('gives up a receiver that never answers', async () => {
    await host.restart({ WEBHOOK_TIMEOUT_MS: '100' });
    receiver.answer('/silent', () => undefined);
    await host.createChannel('org_silent', receiver.url('/silent'));
    await host.cross('org_silent');
    const lastError = 'the receiver did not answer within 100 ms';
    expect(await host.settled('org_silent', 'dead')).toMatchObject([{ attempts: 3, lastError }]);
    await host.restart();
  });

  it('does not wait for the end of an endless answer', async () => {
    receiver.answer('/endless', (response) => {
      const timer = setInterval(() => response.write('x'.repeat(4_096)), 5);
      response.on('close', () => clearInterval(timer));
    });
    await host.createChannel('org_endless', receiver.url('/endless'));
    await host.cross('org_endless');
    expect(await host.settled('org_endless', 'delivered')).toMatchObject([{ attempts: 1 }]);
  });

  it('[NT-001] lets no channel that hangs or fails hold up another one', async () => {
    await host.restart({ WEBHOOK_TIMEOUT_MS: '60000', ALERT_DELIVERIES_IN_FLIGHT_MAX: '3' });
    const hanging: ServerResponse[] = [];
    receiver.answer('/hangs', (response) => void hanging.push(response));
    receiver.answer('/fails', (response) => response.writeHead(500).end());
    for (const path of ['/hangs', '/fails', '/healthy']) await host.createChannel('org_mixed', receiver.url(path));
    await Promise.all(Array.from({ length: 20 }, () => host.cross('org_mixed')));
    await host.settled('org_mixed', 'delivered', 20);
    expect(receiver.to('/healthy')).toHaveLength(20);
    expect(hanging).toHaveLength(1);

    receiver.answer('/hangs', (response) => response.writeHead(204).end());
    for (const response of hanging) response.writeHead(204).end();
    await host.settled('org_mixed', 'delivered', 40);
    await host.settled('org_mixed', 'dead', 20);
    await host.restart();
  });

  it('sends what is due at once, without waiting for the next look', async () => {
    await host.restart({ ALERT_POLL_MS: '60000' });
    await host.createChannel('org_prompt', receiver.url('/prompt'));
    await host.cross('org_prompt');
    expect(await host.settled('org_prompt', 'delivered')).toHaveLength(1);
    await host.restart();
  });

  it('sends each alert once when several replicas share the work', async () => {
    const replicas = await Promise.all([1, 2].map(() => NotificationHost.start({}, host.database)));
    for (const path of ['/shared/1', '/shared/2', '/shared/3']) {
      receiver.answer(path, (response) => void setTimeout(() => response.writeHead(204).end(), 3));
      await host.createChannel('org_shared', receiver.url(path));
    }
    const crossings = [host, ...replicas].flatMap((each) => Array.from({ length: 14 }, () => each.cross('org_shared')));
    await Promise.all(crossings);
    await host.settled('org_shared', 'delivered', 126);
    const sent = receiver.calls.filter(({ path }) => path.startsWith('/shared'));
    expect(sent).toHaveLength(126);
    expect(new Set(sent.map(({ headers }) => headers['x-ao-delivery'])).size).toBe(126);
    await Promise.all(replicas.map((replica) => replica.stop()));
  });

  it('makes an attempt again whose process died in the middle of it', async () => {
    await host.createChannel('org_crash', receiver.url('/crash'));
    await host.cross('org_crash');
    await host.settled('org_crash', 'delivered');
    // What a process leaves behind that took the delivery and was killed, once its lease is over.
    const abandoned = `UPDATE delivery SET status = 'pending', attempts = $2, next_attempt_at = now(), delivered_at = NULL
      WHERE org_id = $1`;
    await host.query(abandoned, ['org_crash', 1]);
    expect(await host.settled('org_crash', 'delivered')).toMatchObject([{ attempts: 2 }]);
    expect(receiver.to('/crash')).toHaveLength(2);

    await host.query(abandoned, ['org_crash', 3]);
    expect(await host.settled('org_crash', 'dead')).toMatchObject([{ lastError: 'the last attempt was interrupted' }]);
    expect(receiver.to('/crash')).toHaveLength(2);
  });

  it('goes on with the others when a newer version stored an alert that this one cannot read', async () => {
    await host.restart({ ALERT_RETRY_DELAY_FIRST_MS: '60000' });
    await host.createChannel('org_newer', receiver.url('/newer'));
    receiver.answer('/newer', (response) => response.writeHead(500).end());
    await host.cross('org_newer');
    await waitFor(() => receiver.to('/newer').length === 1);
    await host.query(`UPDATE alert SET facts = '{"type":"meteor"}' WHERE org_id = $1`, ['org_newer']);
    await host.query('UPDATE delivery SET next_attempt_at = now() WHERE org_id = $1', ['org_newer']);
    await host.createChannel('org_older', receiver.url('/older'));
    await host.cross('org_older');
    await host.settled('org_older', 'delivered');
    const unread = (): Promise<boolean> =>
      host.deliveries('org_newer').then(([delivery]) => /cannot be read/.test(delivery?.lastError ?? ''));
    await waitFor(unread);
    await host.restart();
  });

  describe('to addresses that may not be called', () => {
    const forbidden = [
      'http://169.254.169.254/latest/meta-data',
      'http://[::ffff:169.254.169.254]/',
      'http://224.0.0.1/',
    ];
    const privateUrls = ['http://127.0.0.1:9/', 'http://localhost:9/', 'http://10.0.0.1/', 'http://[::1]:9/'];

    it.each(forbidden)('[NT-005] refuses a channel for %s, also where private networks are allowed', async (url) => {
      await expect(host.createChannel('org_forbidden', url)).rejects.toMatchObject({
        code: 'invalid_parameter',
        param: 'url',
      });
    });

    it('[NT-005] refuses channels in private networks unless the operator allows them', async () => {
      await host.restart({ ALLOW_PRIVATE_WEBHOOK_URLS: '' });
      for (const url of [...privateUrls, 'ftp://example.com/', 'https://name:secret@192.0.43.8/']) {
        await expect(host.createChannel('org_private', url)).rejects.toMatchObject({ code: 'invalid_parameter' });
      }
      await expect(host.createChannel('org_private', 'https://192.0.43.8/hook')).resolves.toHaveProperty('secret');
      await host.restart();
      await expect(host.createChannel('org_private', receiver.url('/private'))).resolves.toHaveProperty('secret');
    });

    it('[NT-005] checks again when it sends', async () => {
      await host.createChannel('org_later', receiver.url('/later'));
      await host.restart({ ALLOW_PRIVATE_WEBHOOK_URLS: 'false' });
      await host.cross('org_later');
      expect(await host.settled('org_later', 'dead')).toMatchObject([
        { attempts: 1, lastError: expect.stringContaining('private or loopback') },
      ]);
      expect(receiver.to('/later')).toEqual([]);
      await host.restart();
    });
  });

  it('refuses more channels than an organisation may have', async () => {
    await host.restart({ ALERT_CHANNELS_PER_ORGANISATION_MAX: '1' });
    await host.createChannel('org_many', receiver.url('/many'));
    await expect(host.createChannel('org_many', receiver.url('/many'))).rejects.toMatchObject({ code: 'conflict' });
    const { data } = await host.bus.request(listChannelsV1, { actor: adminOf('org_many') });
    expect(data).toHaveLength(1);
    await host.restart();
  });

  it('forgets alerts that are past their retention, with their deliveries', async () => {
    await host.createChannel('org_old', receiver.url('/old'));
    await host.cross('org_old');
    await host.settled('org_old', 'delivered');
    const age = `UPDATE alert SET created_at = now() - interval '100 days' WHERE org_id = $1`;
    await host.query(age, ['org_old']);
    await host.restart();
    await waitFor(async () => (await host.deliveries('org_old')).length === 0);
    expect((await host.deliveries('org_flaky')).length).toBe(1);
  });
});
