import { newChannelSecret, subscribes } from './channel.js';

const channel = { id: 'chn_1', orgId: 'org_1', alertTypes: null, active: true };
const alert = { orgId: 'org_1', facts: { type: 'budget_threshold' } };

describe('a channel', () => {
  it.each([
    ['every type', channel, true],
    ['its type', { ...channel, alertTypes: ['budget_threshold'] }, true],
    ['other types', { ...channel, alertTypes: ['anomaly'] }, false],
    ['nothing', { ...channel, alertTypes: [] }, false],
  ])('[NT-001] that wants %s gets an alert: %#', (_what, wanting, expected) => {
    expect(subscribes(wanting, alert)).toBe(expected);
  });

  it('gets nothing of another organisation, and nothing while it is inactive', () => {
    expect(subscribes({ ...channel, orgId: 'org_2' }, alert)).toBe(false);
    expect(subscribes({ ...channel, active: false }, alert)).toBe(false);
  });

  it('has a secret of 256 bits', () => {
    expect(newChannelSecret((size) => Buffer.alloc(size, 1))).toBe(
      `whsec_${Buffer.alloc(32, 1).toString('base64url')}`,
    );
  });
});
