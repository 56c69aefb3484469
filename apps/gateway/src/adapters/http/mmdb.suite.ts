/*
 * Writes small MaxMind databases: https://maxmind.github.io/MaxMind-DB/. A binary tree of address bits, whose records
 * are 24 bits wide, then the data, then a marker and the metadata.
 */

const STRING = 2;
const UINT16 = 5;
const UINT32 = 6;
const MAP = 7;
const UINT64 = 9;
const ARRAY = 11;
const EXTENDED_FROM = 8;
const SIZE_IN_ONE_BYTE_FROM = 29;

function control(type: number, size: number): Buffer {
  const first = (type < EXTENDED_FROM ? type << 5 : 0) | Math.min(size, SIZE_IN_ONE_BYTE_FROM);
  const extended = type < EXTENDED_FROM ? [] : [type - 7];
  return Buffer.from([first, ...extended, ...(size < SIZE_IN_ONE_BYTE_FROM ? [] : [size - SIZE_IN_ONE_BYTE_FROM])]);
}

const text = (value: string): Buffer => Buffer.concat([control(STRING, value.length), Buffer.from(value)]);
const integer = (type: number, value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  const kept = bytes.subarray(type === UINT16 ? 2 : 0);
  return Buffer.concat([control(type, kept.length), kept]);
};
const map = (entries: Record<string, Buffer>): Buffer =>
  Buffer.concat([
    control(MAP, Object.keys(entries).length),
    ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]),
  ]);

/** A node has two branches: another node, or the place of a value, or nothing. */
type Branch = { node: number } | { value: number } | null;

/** A database that knows the countries of these IPv4 networks: `{'81.2.69.0/24': 'GB'}`. */
export function countryDatabase(networks: Readonly<Record<string, string>>): Buffer {
  const nodes: [Branch, Branch][] = [[null, null]];
  const values: Buffer[] = [];
  let offset = 0;
  for (const [network, country] of Object.entries(networks)) {
    const [address = '', length = '32'] = network.split('/');
    const bits = address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
    let at = 0;
    for (let depth = 0; depth < Number(length); depth += 1) {
      const side = bits[depth] === '1' ? 1 : 0;
      if (depth === Number(length) - 1) {
        nodes[at]![side] = { value: offset };
        break;
      }
      const next = nodes[at]![side];
      if (next && 'node' in next) at = next.node;
      else {
        nodes[at]![side] = { node: nodes.length };
        at = nodes.push([null, null]) - 1;
      }
    }
    const value = map({ country: map({ iso_code: text(country) }) });
    values.push(value);
    offset += value.length;
  }
  return Buffer.concat([treeOf(nodes), Buffer.alloc(16), ...values, metadataOf(nodes.length)]);
}

function treeOf(nodes: [Branch, Branch][]): Buffer {
  const tree = Buffer.alloc(nodes.length * 6);
  nodes.flat().forEach((branch, index) => {
    const value = branch === null ? nodes.length : 'node' in branch ? branch.node : nodes.length + 16 + branch.value;
    tree.writeUIntBE(value, index * 3, 3);
  });
  return tree;
}

function metadataOf(nodeCount: number): Buffer {
  const metadata = map({
    node_count: integer(UINT32, nodeCount),
    record_size: integer(UINT16, 24),
    ip_version: integer(UINT16, 4),
    database_type: text('Test-Country'),
    languages: Buffer.concat([control(ARRAY, 1), text('en')]),
    binary_format_major_version: integer(UINT16, 2),
    binary_format_minor_version: integer(UINT16, 0),
    build_epoch: integer(UINT64, 1_767_225_600),
    description: map({ en: text('for a test') }),
  });
  return Buffer.concat([Buffer.from('abcdef', 'hex'), Buffer.from('MaxMind.com'), metadata]);
}
