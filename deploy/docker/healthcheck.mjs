// Exit code 0 when the service in this container says that it lives.
const port = process.env.PORT ?? '3456';
const answer = await fetch(`http://127.0.0.1:${port}/live`, { signal: AbortSignal.timeout(2_000) }).catch(
  () => undefined,
);
process.exitCode = answer?.ok ? 0 : 1;
