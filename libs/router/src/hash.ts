const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const SPACE = 2 ** 32;

/**
 * A hash of 32 bits that stays the same for ever, on every machine: replicas and versions must agree on it. FNV-1a, its bits
 * mixed once more so that names that differ in one letter are far apart.
 */
export function stableHash(text: string): number {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return mixed(hash);
}

/**
 * Weighted rendezvous: how far `of` is for `by`; the nearest wins. Each wins as often as its weight says, and a change of a
 * weight moves only what it must: what loses weight gives away, what gains takes, and nothing moves between the others.
 * @returns Infinity for a weight of 0.
 */
export function rendezvousDistance(of: number, by: number, weight: number): number {
  const ticket = (mixed(of ^ Math.imul(by, 0x9e3779b1)) + 0.5) / SPACE;
  return weight > 0 ? -Math.log(ticket) / weight : Infinity;
}

function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
