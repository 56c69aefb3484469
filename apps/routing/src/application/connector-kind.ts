/** The connector that serves a provider of any kind there is so far: all of them speak OpenAI's protocol. */
export const CONNECTOR_KIND = 'openai';
