import { AppError } from '@ao/kernel';
import type { FastifyRequest } from 'fastify';
import type { InboundCall } from '../../application/calls/call.js';
import { header } from './request-context.js';

const TAGS_MAX = 50;
const TAG_LENGTH_MAX = 128;
const TAGS_HEADER_LENGTH_MAX = 4_096;
const END_USER_LENGTH_MAX = 256;
const SESSION_LENGTH_MAX = 128;

/**
 * Whom a call is for, as headers tell: ours first, then those that LiteLLM's clients send. Tags are separated by commas.
 * @throws AppError `invalid_header_value`.
 */
export function readAttribution(request: FastifyRequest): Pick<InboundCall, 'tags' | 'endUserId' | 'sessionId'> {
  const first = (names: string[], lengthMax: number): string | null => {
    for (const name of names) {
      const value = header(request, name, lengthMax);
      if (value) return value;
    }
    return null;
  };
  const tags = first(['x-ao-tags', 'x-litellm-tags'], TAGS_HEADER_LENGTH_MAX);
  return {
    tags: tags === null ? [] : readTags(tags),
    endUserId: first(['x-ao-end-user', 'x-litellm-end-user-id', 'x-litellm-customer-id'], END_USER_LENGTH_MAX),
    sessionId: first(['x-ao-session-id', 'x-litellm-session-id', 'x-claude-session-id'], SESSION_LENGTH_MAX),
  };
}

function readTags(text: string): string[] {
  const tags = [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
  if (tags.length > TAGS_MAX || tags.some((tag) => tag.length > TAG_LENGTH_MAX)) {
    throw new AppError(
      'invalid_header_value',
      `At most ${TAGS_MAX} tags of ${TAG_LENGTH_MAX} characters fit into x-ao-tags, separated by commas.`,
      { param: 'x-ao-tags' },
    );
  }
  return tags;
}
