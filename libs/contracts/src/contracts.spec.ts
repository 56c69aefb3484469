import { z } from 'zod';
import * as contracts from './index.js';
import type { EventContract, RpcContract, SnapshotContract } from './index.js';

type Contract = RpcContract | EventContract | SnapshotContract;
const isContract = (value: unknown): value is Contract =>
  typeof value === 'object' && value !== null && 'kind' in value && 'owner' in value && 'example' in value;
const all = Object.values(contracts)
  .flatMap((value) => (isContract(value) ? [value] : Object.values(value as object).filter(isContract)))
  .map((contract) => ({ contract, name: contract.kind === 'snapshot' ? contract.name : contract.subject }));

const parts = (contract: Contract): [z.ZodType, unknown][] => {
  if (contract.kind === 'rpc') {
    return [
      [contract.request, contract.example.request],
      [contract.response, contract.example.response],
    ];
  }
  return [[contract.kind === 'event' ? contract.payload : contract.value, contract.example]];
};

describe('contracts', () => {
  it('are all found', () => expect(all.length).toBeGreaterThan(30));

  it.each(all)('$name follows the grammar and names its owner', ({ contract, name }) => {
    const grammar = {
      rpc: `^rpc\\.${contract.owner}\\.[a-z]+(-[a-z]+)*\\.v\\d+$`,
      event: `^evt\\.${contract.owner}\\.[a-z]+(-[a-z]+)*\\.[a-z]+\\.v\\d+$`,
      snapshot: `^snap\\.${contract.owner}\\.[a-z]+$`,
    }[contract.kind];
    expect(name).toMatch(new RegExp(grammar));
  });

  it.each(all)('$name has an example that survives the wire', ({ contract }) => {
    for (const [schema, example] of parts(contract)) {
      const decoded = z.decode(schema, example);
      const wire = JSON.parse(JSON.stringify(z.encode(schema, decoded))) as unknown;
      expect(z.decode(schema, wire)).toEqual(decoded);
    }
  });
});
