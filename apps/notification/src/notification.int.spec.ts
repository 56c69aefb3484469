import {
  createChannelV1,
  deleteChannelV1,
  listChannelsV1,
  listDeliveriesV1,
  notificationActionPerformedV1,
  providerHealthChangedV1,
  providerKeyRotationFailedV1,
  reconciliationMismatchedV1,
  transferDecidedV1,
  transferRequestedV1,
  walletAutoTopUpRequestedV1,
  walletLedgerViolatedV1,
  type PerformedAction,
} from '@ao/contracts';
import { nanoUsd } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { adminOf, NotificationHost } from './__fixtures__/notification-host.js';
import { isAuthentic, WebhookReceiver } from './__fixtures__/webhook-receiver.js';

describe('notification', () => {
  const receiver = new WebhookReceiver();
  const actions: PerformedAction[] = [];
  let host: NotificationHost;

  beforeAll(async () => {
    await receiver.start();
    host = await NotificationHost.start();
    await host.bus.subscribe(notificationActionPerformedV1, { kind: 'broadcast' }, (events) => {
      actions.push(...events.map(({ payload }) => payload));
    });
  });

  afterAll(async () => {
    await host.stop();
    await host.database.drop();
    receiver.stop();
  });

  it('[NT-005] [GW-013] posts signed JSON that the receiver can verify, with the id of the request that caused it', async () => {
    const { secret } = await host.createChannel('org_signed', receiver.url('/signed'));
    const crossed = { thresholdPercent: 95, spent: nanoUsd(95_000_000_001n), requestId: 'req_billed' };
    await host.cross('org_signed', crossed, { requestId: 'caller-chosen-id' });
    const [delivery] = await host.settled('org_signed', 'delivered');

    const call = receiver.only('/signed');
    expect(isAuthentic(call, secret)).toBe(true);
    expect(isAuthentic({ ...call, body: call.body.replace('95', '80') }, secret)).toBe(false);
    expect(isAuthentic(call, 'whsec_of_somebody_else')).toBe(false);
    expect(call.headers).toMatchObject({
      'content-type': 'application/json',
      'x-ao-event': 'budget_threshold',
      'x-ao-delivery': delivery?.id,
      'x-request-id': 'caller-chosen-id',
    });
    expect(JSON.parse(call.body)).toEqual({
      id: expect.stringMatching(/^alr_/),
      type: 'budget_threshold',
      created_at: expect.any(String),
      request_id: 'caller-chosen-id',
      wallet_id: 'wal_1',
      wallet_name: 'Research',
      threshold_percent: 95,
      limit_usd: '100',
      spent_usd: '95.000000001',
      period: '2026-01',
      crossed_at: expect.any(String),
    });
  });

  it('[WL-013] tells of a transfer that was asked for, and of what became of it', async () => {
    await host.createChannel('org_transfer', receiver.url('/transfers'), {
      alertTypes: ['transfer_requested', 'transfer_decided'],
    });
    const wish = { ...transferRequestedV1.payload.parse(transferRequestedV1.example), orgId: 'org_transfer' };
    const decision = { ...transferDecidedV1.payload.parse(transferDecidedV1.example), orgId: 'org_transfer' };
    const event = () => ({ id: host.ids.next('evt'), occurredAt: new Date().toISOString(), requestId: 'caller-id' });
    const asked = { ...event(), payload: wish };
    await host.bus.publish(transferRequestedV1, asked);
    await host.bus.publish(transferRequestedV1, asked);
    await host.settled('org_transfer', 'delivered');
    await host.bus.publish(transferDecidedV1, { ...event(), payload: decision });
    await host.settled('org_transfer', 'delivered', 2);
    const facts = {
      id: expect.stringMatching(/^alr_/),
      created_at: expect.any(String),
      request_id: 'caller-id',
      transfer_id: 'trf_1',
      from_wallet_id: 'wal_1',
      from_wallet_name: 'Organisation',
      to_wallet_id: 'wal_2',
      to_wallet_name: 'Research',
      amount_usd: '20',
      reason: 'Load test before the launch',
      note: null,
      requested_by: 'key_2',
      requested_at: '2026-01-01T00:00:00.000Z',
      expires_at: '2026-01-03T00:00:00.000Z',
    };
    const decided = { decided_by: 'key_1', decision_reason: null, decided_at: '2026-01-01T08:00:00.000Z' };
    expect(receiver.to('/transfers').map(({ body }) => JSON.parse(body))).toEqual([
      { ...facts, type: 'transfer_requested', state: 'pending' },
      { ...facts, type: 'transfer_decided', state: 'approved', ...decided },
    ]);
    expect((await host.deliveries('org_transfer')).map(({ subject }) => subject)).toEqual(['trf_1', 'trf_1']);
  });

  it('[MT-011] tells of an invoice that differs from the log, once, to channels that want to know', async () => {
    await host.createChannel('org_gap', receiver.url('/gap'), { alertTypes: ['reconciliation_gap'] });
    await host.createChannel('org_gap', receiver.url('/gap/budget'), { alertTypes: ['budget_threshold'] });
    const payload = reconciliationMismatchedV1.payload.decode({
      ...reconciliationMismatchedV1.example,
      orgId: 'org_gap',
    });
    const event = { id: host.ids.next('evt'), occurredAt: payload.uploadedAt, requestId: 'req_upload', payload };
    await host.bus.publish(reconciliationMismatchedV1, event);
    await host.bus.publish(reconciliationMismatchedV1, event);
    const [delivery] = await host.settled('org_gap', 'delivered');
    expect(delivery).toMatchObject({ alertType: 'reconciliation_gap', subject: 'openai/2026-01' });
    expect(await host.deliveries('org_gap')).toHaveLength(1);
    expect(receiver.to('/gap/budget')).toEqual([]);
    expect(JSON.parse(receiver.only('/gap').body)).toEqual({
      id: expect.stringMatching(/^alr_/),
      type: 'reconciliation_gap',
      created_at: expect.any(String),
      request_id: 'req_upload',
      provider: 'openai',
      month: '2026-01',
      tolerance_percent: '2',
      ours_usd: '100',
      invoiced_usd: '105',
      difference_usd: '5',
      model_count: 1,
      models: [{ model: 'gpt-4o', state: 'over', difference_usd: '5' }],
      uploaded_at: '2026-02-03T00:00:00.000Z',
    });
  });

  it('[PR-016] [PR-018] tells of a provider that fails its checks, and of a key that its source gives no more', async () => {
    await host.createChannel('org_provider', receiver.url('/provider'), {
      alertTypes: ['provider_outage', 'key_rotation_failed'],
    });
    const at = '2026-01-01T00:00:00.000Z';
    const orgId = 'org_provider';
    const health = { ...providerHealthChangedV1.payload.decode(providerHealthChangedV1.example), orgId };
    const healthEvent = { id: host.ids.next('evt'), occurredAt: at, payload: health };
    await host.bus.publish(providerHealthChangedV1, healthEvent);
    await host.bus.publish(providerHealthChangedV1, healthEvent);
    const key = { ...providerKeyRotationFailedV1.payload.decode(providerKeyRotationFailedV1.example), orgId };
    await host.bus.publish(providerKeyRotationFailedV1, { id: host.ids.next('evt'), occurredAt: at, payload: key });
    await host.settled('org_provider', 'delivered', 2);
    const provider = { provider_id: 'prv_1', provider_name: 'openai' };
    expect(receiver.to('/provider').map(({ body }) => JSON.parse(body) as object)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: 'provider_outage',
          ...provider,
          status: 'unhealthy',
          reason: expect.stringContaining('(500)'),
          changed_at: at,
        }),
        expect.objectContaining({
          type: 'key_rotation_failed',
          ...provider,
          key_ref: 'file:/keys/openai',
          reason: 'there is no such file',
          failed_at: at,
        }),
      ]),
    );
    expect(await host.deliveries('org_provider')).toHaveLength(2);
  });

  it('sends a request id that fits no header in the body only', async () => {
    await host.createChannel('org_id', receiver.url('/id'));
    await host.cross('org_id', {}, { requestId: 'zwölf\r\nx-evil: 1' });
    await host.settled('org_id', 'delivered');
    const call = receiver.only('/id');
    expect(JSON.parse(call.body)).toMatchObject({ request_id: 'zwölf\r\nx-evil: 1' });
    expect(call.headers).not.toHaveProperty('x-request-id');
    expect(call.headers).not.toHaveProperty('x-evil');
  });

  it('[WL-005] tells of each threshold once, however often its event arrives', async () => {
    await host.createChannel('org_once', receiver.url('/once'));
    const eightyId = host.ids.next('evt');
    const events = [80, 90, 95].map((thresholdPercent) => ({
      id: thresholdPercent === 80 ? eightyId : host.ids.next('evt'),
      thresholdPercent,
    }));
    const all = [...events, ...events, ...events];
    await Promise.all(all.map(({ id, thresholdPercent }) => host.cross('org_once', { thresholdPercent }, { id })));
    await host.settled('org_once', 'delivered', 3);
    await host.restart();
    await host.cross('org_once', {}, { id: eightyId });

    expect(await host.deliveries('org_once')).toHaveLength(3);
    const told = receiver
      .to('/once')
      .map(({ body }) => (JSON.parse(body) as { threshold_percent: number }).threshold_percent);
    expect(told.sort((a, b) => a - b)).toEqual([80, 90, 95]);
  });

  it('[NT-001] sends an alert to every channel that wants its type, and to no other organisation', async () => {
    await host.createChannel('org_fan', receiver.url('/fan/all'));
    await host.createChannel('org_fan', receiver.url('/fan/budget'), { alertTypes: ['budget_threshold'] });
    await host.createChannel('org_fan', receiver.url('/fan/outages'), { alertTypes: ['provider_outage'] });
    await host.createChannel('org_other', receiver.url('/fan/other'));
    await host.cross('org_fan');
    await host.settled('org_fan', 'delivered', 2);
    expect(
      receiver.calls
        .map(({ path }) => path)
        .filter((path) => path.startsWith('/fan'))
        .sort(),
    ).toEqual(['/fan/all', '/fan/budget']);
    expect(await host.deliveries('org_other')).toEqual([]);
  });

  it('shows the secret once and stores it sealed', async () => {
    const { channel, secret } = await host.createChannel('org_secret', receiver.url('/secret'));
    expect(secret).toMatch(/^whsec_[\w-]{43}$/);
    const listed = await host.bus.request(listChannelsV1, { actor: adminOf('org_secret') });
    expect(listed.data).toEqual([channel]);
    expect(JSON.stringify(listed)).not.toContain(secret);
    const rows = await host.query('SELECT sealed_secret FROM channel WHERE id = $1', [channel.id]);
    expect(rows).toEqual([{ sealed_secret: expect.stringMatching(/^v1\./) }]);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('keeps organisations apart', async () => {
    const { channel } = await host.createChannel('org_mine', receiver.url('/mine'));
    await host.cross('org_mine');
    await host.settled('org_mine', 'delivered');
    const stranger = adminOf('org_stranger');
    expect((await host.bus.request(listChannelsV1, { actor: stranger })).data).toEqual([]);
    expect((await host.bus.request(listDeliveriesV1, { actor: stranger })).data).toEqual([]);
    await expect(host.bus.request(deleteChannelV1, { actor: stranger, channelId: channel.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await host.bus.request(listChannelsV1, { actor: adminOf('org_mine') })).data).toEqual([channel]);
  });

  it.each([
    ['create', createChannelV1, { name: 'x', url: 'https://192.0.43.8/' }],
    ['list', listChannelsV1, {}],
    ['delete', deleteChannelV1, { channelId: 'chn_1' }],
    ['see the deliveries of', listDeliveriesV1, {}],
  ] as const)('lets only admins %s channels', async (_verb, contract, request) => {
    const actor = { ...adminOf('org_roles'), role: 'member' as const };
    await expect(host.bus.request(contract, { actor, ...request } as never)).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });

  it('deletes a channel with its secret, gives up what waits for it and records both actions', async () => {
    receiver.answer('/gone', (response) => response.writeHead(500).end());
    await host.restart({ ALERT_RETRY_DELAY_FIRST_MS: '60000' });
    const { channel } = await host.createChannel('org_gone', receiver.url('/gone'));
    await host.cross('org_gone');
    await waitFor(() => receiver.to('/gone').length === 1);
    await host.bus.request(deleteChannelV1, { actor: adminOf('org_gone'), channelId: channel.id });

    expect((await host.bus.request(listChannelsV1, { actor: adminOf('org_gone') })).data).toEqual([]);
    expect(await host.settled('org_gone', 'dead')).toMatchObject([{ lastError: 'the channel was deleted' }]);
    await waitFor(() => actions.filter(({ targetId }) => targetId === channel.id).length === 2);
    expect(actions.filter(({ targetId }) => targetId === channel.id)).toMatchObject([
      { action: 'channel.create', orgId: 'org_gone', actorId: 'key_of_org_gone' },
      { action: 'channel.delete', orgId: 'org_gone', actorId: 'key_of_org_gone' },
    ]);
    await host.restart();
  });

  it('pages through deliveries without gaps or repeats', async () => {
    const actor = adminOf('org_once');
    const all = await host.deliveries('org_once');
    const first = await host.bus.request(listDeliveriesV1, { actor, limit: 1 });
    const rest = await host.bus.request(listDeliveriesV1, { actor, limit: 500, cursor: first.nextCursor! });
    expect([...first.data, ...rest.data]).toEqual(all);
    expect(all).toHaveLength(3);
  });

  it('[BX-019] asks for a top-up once, with the key under which it is to be paid', async () => {
    await host.createChannel('org_topup', receiver.url('/topup'), { alertTypes: ['auto_top_up'] });
    const { payload, ...event } = topUpRequested('org_topup');
    await Promise.all([1, 2].map(() => host.bus.publish(walletAutoTopUpRequestedV1, { ...event, payload })));
    await host.cross('org_topup');
    await host.settled('org_topup', 'delivered');
    expect(JSON.parse(receiver.only('/topup').body)).toEqual({
      id: expect.stringMatching(/^alr_/),
      type: 'auto_top_up',
      created_at: expect.any(String),
      request_id: null,
      top_up_request_id: 'tur_1',
      wallet_id: 'wal_1',
      wallet_name: 'Customer',
      available_usd: '4.5',
      below_usd: '5',
      amount_usd: '50',
      requested_at: '2026-01-20T00:00:00.000Z',
    });
  });

  it('[WL-001] tells of a ledger that contradicts itself', async () => {
    await host.createChannel('org_violation', receiver.url('/violation'));
    await host.bus.publish(walletLedgerViolatedV1, ledgerViolated('org_violation'));
    await host.settled('org_violation', 'delivered');
    expect(JSON.parse(receiver.only('/violation').body)).toMatchObject({
      type: 'ledger_violation',
      wallet_id: 'wal_1',
      period: '2026-01',
      law: 'posted_equals_entries',
      expected_usd: '0.00125',
      found_usd: '0.001250001',
    });
  });
});

const at = '2026-01-20T00:00:00.000Z';
const topUpRequested = (orgId: string) => ({
  id: 'tur_1',
  occurredAt: at,
  payload: {
    topUpRequestId: 'tur_1',
    walletId: 'wal_1',
    walletName: 'Customer',
    orgId,
    available: nanoUsd(4_500_000_000n),
    below: nanoUsd(5_000_000_000n),
    amount: nanoUsd(50_000_000_000n),
    requestedAt: at,
  },
});
const ledgerViolated = (orgId: string) => ({
  id: 'violation:1',
  occurredAt: at,
  payload: {
    walletId: 'wal_1',
    orgId,
    periodKey: '2026-01',
    law: 'posted_equals_entries',
    expected: nanoUsd(1_250_000n),
    found: nanoUsd(1_250_001n),
    foundAt: at,
  },
});
