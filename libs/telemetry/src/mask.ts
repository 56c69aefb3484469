/** A key as it may be shown: its prefix and last four, `sk-ao-****7f3a`; a short one is hidden whole. */
export function maskKey(key: string): string {
  if (key.length < 12) return '****';
  const prefix = /^(sk-[a-z]+-|sk-)/.exec(key)?.[0] ?? '';
  return `${prefix}****${key.slice(-4)}`;
}
