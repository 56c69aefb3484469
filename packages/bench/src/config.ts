/** What the measured processes inherit: without the operator's own settings, so that every run measures the same. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.includes(name)));
}
