import { encodeMessage } from '@ao/bus';
import { principal, principalExample, usageReportedV1 } from '@ao/contracts';
import type { Provider } from '../routing-table.js';
import { answerHeaders } from './answer-headers.js';
import type { InboundCall } from './call.js';
import { CallRecord } from './call-record.js';
import type { Route } from './route.js';

const call: InboundCall = {
  callId: 'req_1',
  correlationId: 'mine',
  endpoint: '/v1/chat/completions',
  principal: principal.parse(principalExample),
  body: Buffer.from('{}'),
  ownKey: undefined,
  endUserId: null,
  sessionId: null,
  tags: [],
  featureId: null,
  startedAtMs: 1,
  startedMonotonicMs: 1,
  signal: new AbortController().signal,
};
const route: Route = {
  provider: { name: 'n'.repeat(200) } as Provider,
  model: 'm',
  deploymentId: 'd',
  modelGroup: 'g',
  direct: false,
  ownKey: false,
  decision: {
    strategy: 'simple-shuffle',
    candidates: Array.from({ length: 500 }, (_, index) => ({ deploymentId: `d${index}`, dropped: null })),
  },
};

describe('the record of a call', () => {
  it('[MT-008] keeps to its contract, however long the words of the caller and the provider are: none gets lost', () => {
    const record = new CallRecord({
      gatewayId: 'gw_1',
      call,
      route,
      requestedModel: 'm',
      stream: false,
      endUserId: 'u'.repeat(10_000),
      tags: [],
      price: undefined,
      reservation: null,
    });
    Object.assign(record, { status: 999, errorCode: 'e'.repeat(1_000), finishReason: 'f'.repeat(1_000) });
    // Throws for what breaks the contract.
    const report = encodeMessage(usageReportedV1.payload, record.end(5), usageReportedV1.subject);
    expect(JSON.parse(report)).toMatchObject({ status: 599, endUserId: 'u'.repeat(256) });
  });
});

describe('the headers of an answer', () => {
  it('can be sent whatever a provider or a model is called', () => {
    const named = { ...route, provider: { name: 'Köln – 1\r\nx: y' } as Provider, model: '模型\ud800' };
    const headers = new Headers(answerHeaders({ ...named, modelGroup: 'größe' }, 1));
    expect(headers.get('x-ao-provider')).toBe('K%C3%B6ln %E2%80%93 1%0D%0Ax: y');
    expect(headers.get('x-ao-model')).toBe('%E6%A8%A1%E5%9E%8B%EF%BF%BD');
  });
});
