interface Welcome {
  url: string;
  /** Set only when this start made the first key. */
  firstKey: string | null;
  /** A model that answers. */
  model: string;
  demo: boolean;
  dataDirectory: string;
}

/** What a newcomer reads: the ready line first, then what to paste. */
export function welcome({ url, firstKey, model, demo, dataDirectory }: Welcome): string {
  const key = firstKey ?? '$AO_KEY';
  const lines = [`AI Orchestrator ready on ${url}`, ''];
  if (firstKey !== null) {
    lines.push(
      'Your first key, an owner of the organisation. It is shown this once; keep it safe:',
      '',
      `  ${firstKey}`,
      '',
    );
  }
  lines.push(
    firstKey === null ? 'Ask something (put a key into AO_KEY first):' : 'Ask something:',
    '',
    `  curl -N ${url}/v1/chat/completions \\`,
    `    -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\`,
    `    -d '{"model":"${model}","stream":true,"messages":[{"role":"user","content":"Hello!"}]}'`,
    '',
    'See what it cost:',
    '',
    `  curl ${url}/v1/wallet/balance -H "Authorization: Bearer ${key}"`,
    '',
  );
  if (demo) {
    lines.push(
      'The built-in demo provider answers. For real models set OPENAI_API_KEY, or AO_CONFIG to a LiteLLM-style file.',
    );
  }
  lines.push(`Data is kept in ${dataDirectory}. Stop with Ctrl+C; docs/ and README.md tell the rest.`, '');
  return lines.join('\n');
}
