import { RequestLog, type RecordedRequest } from './request-log.js';

function request(sequence: number): RecordedRequest {
  return {
    sequence,
    receivedAtMs: 0,
    method: 'POST',
    path: '/',
    query: '',
    headers: {},
    body: undefined,
    model: '',
    status: undefined,
    outcome: 'pending',
    aborted: false,
  };
}

describe('the request log', () => {
  it('forgets the oldest beyond its number', () => {
    const log = new RequestLog(2);
    for (const sequence of [1, 2, 3]) log.add(request(sequence), 10);
    expect(log.requests.map((kept) => kept.sequence)).toEqual([2, 3]);
  });

  it('forgets the oldest beyond 64 MB, but never the latest', () => {
    const log = new RequestLog(100);
    const megabyte = 1024 * 1024;
    for (const sequence of [1, 2, 3]) log.add(request(sequence), 30 * megabyte);
    expect(log.requests.map((kept) => kept.sequence)).toEqual([2, 3]);
    log.add(request(4), 100 * megabyte);
    expect(log.requests.map((kept) => kept.sequence)).toEqual([4]);
  });
});
