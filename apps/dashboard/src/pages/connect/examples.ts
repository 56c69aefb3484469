/** Commands and code to copy, for the server that the page came from. */

const DEFAULT_MODEL = 'demo-chat';
const QUESTION = 'Say hello';

/** @param key What stands for the key in the command. */
export function curlExample(origin: string, key: string, model = DEFAULT_MODEL): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: QUESTION }] });
  return [
    `curl ${origin}/v1/chat/completions \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d ${quote(body)}`,
  ].join('\n');
}

export const pythonExample = (origin: string, model = DEFAULT_MODEL): string => `import os
from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key=os.environ["AO_API_KEY"])
answer = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=[{"role": "user", "content": "${QUESTION}"}],
)
print(answer.choices[0].message.content)`;

export const nodeExample = (origin: string, model = DEFAULT_MODEL): string => `import { env } from 'node:process';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: env['AO_API_KEY'] });
const answer = await client.chat.completions.create({
  model: ${JSON.stringify(model)},
  messages: [{ role: 'user', content: '${QUESTION}' }],
});
console.log(answer.choices[0].message.content);`;

/** One argument for a POSIX shell, whatever the model is called. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
