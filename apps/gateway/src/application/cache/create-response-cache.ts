import type { SecretBox } from '@ao/config';
import type { CacheSettings } from '@ao/contracts';
import type { KeyValue } from '@ao/keyvalue';
import type { Clock, IdGenerator, Logger } from '@ao/kernel';
import type { InboundCall, Responder } from '../calls/call.js';
import { CacheFiguresStore } from './cache-figures.js';
import { embedThrough } from './embed-question.js';
import { EntryStore } from './entry-store.js';
import { Flights } from './flights.js';
import { ResponseCache } from './response-cache.js';
import { SemanticLookup } from './semantic-lookup.js';

interface CacheContext {
  settings: CacheSettings;
  keyValue: KeyValue;
  secretBox: SecretBox;
  /** Makes a call for its principal. */
  perform: (call: InboundCall, out: Responder) => Promise<unknown>;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
}

/** The response cache with its parts: administration needs two of them. */
export interface ResponseCacheParts {
  cache: ResponseCache;
  entries: EntryStore;
  figures: CacheFiguresStore;
}

export function createResponseCache(context: CacheContext): ResponseCacheParts {
  const { settings, keyValue, secretBox, perform, clock, ids, logger } = context;
  const entries = new EntryStore(keyValue, {
    seal: (text, of) => secretBox.seal(text, of),
    open: (sealed, of) => secretBox.open(sealed, of),
    ids,
    logger,
  });
  const figures = new CacheFiguresStore(keyValue, entries);
  const cache = new ResponseCache(settings, {
    entries,
    figures,
    flights: new Flights(keyValue, clock),
    semantic: new SemanticLookup(keyValue.vectors, entries, embedThrough({ perform, ids, clock, logger })),
    clock,
    logger,
  });
  return { cache, entries, figures };
}
