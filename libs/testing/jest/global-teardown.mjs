export default async function globalTeardown() {
  await globalThis.aoTestServers?.stop();
}
