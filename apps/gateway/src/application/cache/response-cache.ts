import type { CacheSettings, UsageReport } from '@ao/contracts';
import { AppError, type Clock, type Logger } from '@ao/kernel';
import { parseBody, type Labels } from '@ao/wire';
import { headerText } from '../calls/answer-headers.js';
import type { InboundCall } from '../calls/call.js';
import { AnswerCopy } from './answer-copy.js';
import { askOf, ruleFor, ttlOf, type CacheAsk, type CacheRule } from './cache-ask.js';
import type { CacheEntry } from './cache-entry.js';
import type { CacheFiguresStore } from './cache-figures.js';
import { cacheHeaders, type CacheFacts, type CacheHit, type CacheMiss, type CacheTurn } from './cache-turn.js';
import type { EntryStore } from './entry-store.js';
import type { Flight, Flights } from './flights.js';
import { entryOf } from './keep-answer.js';
import { replayOf } from './replay.js';
import type { SemanticLookup, SemanticPlace } from './semantic-lookup.js';

export interface ResponseCacheOptions {
  entries: EntryStore;
  flights: Flights<FoundAnswer>;
  semantic: SemanticLookup;
  figures: CacheFiguresStore;
  clock: Clock;
  logger: Logger;
}

export interface FoundAnswer {
  entry: CacheEntry;
  /** Null: the question is the same. */
  similarity: number | null;
}

const MS_PER_S = 1_000;

/**
 * Repeats answers (CA-001..013): looks a call's answer up before it is made, and keeps the answer once it has ended well.
 * With the store away every call is made as if there were no cache.
 */
export class ResponseCache {
  private readonly unsaved = new Set<Promise<void>>();

  constructor(
    private settings: CacheSettings,
    private readonly options: ResponseCacheOptions,
  ) {}

  /** Holds for calls that begin from now on. */
  configure(settings: CacheSettings): void {
    this.settings = settings;
  }

  /**
   * Looks a call up. Null at once for one that the cache has nothing to do with: that costs nothing.
   * @throws the signal's reason when the caller leaves.
   */
  begin(call: InboundCall, facts: CacheFacts): Promise<CacheTurn | null> | null {
    const rule = ruleFor(call, facts, this.settings);
    if (!rule) return null;
    if (rule.controls.bypass) return Promise.resolve(PASSING);
    return this.open(call, facts, rule);
  }

  /** Resolves once what was to be kept is kept. */
  async whenSaved(): Promise<void> {
    await Promise.all(this.unsaved);
  }

  private async open(call: InboundCall, facts: CacheFacts, rule: CacheRule): Promise<CacheTurn | null> {
    const ask = askOf(call, facts, rule);
    try {
      return await (ask.controls.noCache ? this.refresh(ask) : this.join(ask));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'backend_unavailable') throw error;
      this.options.logger.debug({ callId: ask.call.callId }, 'the response cache is away: the call is made without it');
      return null;
    }
  }

  /** The answer is to be fresh, for this caller and for those after it. */
  private async refresh(ask: CacheAsk): Promise<CacheTurn> {
    const { generation } = await this.options.entries.find(ask.scope, ask.digest);
    return this.miss({ ...ask, generation }, 'bypass', null, null);
  }

  private async join(ask: CacheAsk): Promise<CacheTurn> {
    const { flights } = this.options;
    // Whose answer is not kept has nothing for those who would wait for it.
    if (ask.controls.noStore) return this.alone(ask);
    const flightKey = `${ask.key} ${ask.controls.ageMsMax ?? ''}`;
    const following = flights.follow(flightKey, ask.call.signal);
    if (following) {
      const found = await following;
      ask.call.signal.throwIfAborted();
      return (found && this.hit(ask, found)) ?? this.alone(ask);
    }
    const flight = flights.begin(flightKey);
    try {
      return await this.lead(ask, flight);
    } catch (error) {
      flight.land(null);
      throw error;
    }
  }

  /** Asks by itself: so do those who waited in vain. */
  private async alone(ask: CacheAsk): Promise<CacheTurn> {
    const { generation, entry } = await this.options.entries.find(ask.scope, ask.digest);
    const found = entry && this.fresh(ask, entry);
    return (found && this.hit(ask, found)) ?? this.miss({ ...ask, generation }, 'miss', null, null);
  }

  /** Asks the store, then those who ask the same elsewhere, then for the same meaning; then the call is made. */
  private async lead(ask: CacheAsk, flight: Flight<FoundAnswer>): Promise<CacheTurn> {
    const { entries, flights } = this.options;
    const { call, scope, digest, key } = ask;
    const { generation, entry } = await entries.find(scope, digest);
    const asked = { ...ask, generation };
    const look = async (): Promise<FoundAnswer | null> => {
      const { entry: kept } = await entries.find(scope, digest);
      return kept && this.fresh(ask, kept);
    };
    const found = (entry && this.fresh(ask, entry)) ?? (await flights.claim(key, call.callId, look, call.signal));
    const hit = found && this.hit(asked, found);
    if (hit) flight.land(found);
    return hit ?? this.leadByMeaning(asked, flight);
  }

  private async leadByMeaning(ask: CacheAsk, flight: Flight<FoundAnswer>): Promise<CacheTurn> {
    const { semantic, flights } = this.options;
    const settings = ask.settings.semantic;
    try {
      const place = settings && ask.endpoint.codec && (await semantic.place(ask.call, ask, settings));
      const isFresh = (entry: CacheEntry): boolean => this.fresh(ask, entry) !== null;
      const found = place ? await semantic.find(place, ask.scope, settings, isFresh) : null;
      const hit = found && this.hit(ask, found);
      if (!hit) return this.miss(ask, 'miss', flight, place);
      flight.land(found);
      flights.release(ask.key, ask.call.callId);
      return hit;
    } catch (error) {
      flights.release(ask.key, ask.call.callId);
      throw error;
    }
  }

  private fresh({ controls: { ageMsMax } }: CacheAsk, entry: CacheEntry): FoundAnswer | null {
    const isTooOld = ageMsMax !== null && this.options.clock.nowMs() - entry.createdAtMs > ageMsMax;
    return isTooOld ? null : { entry, similarity: null };
  }

  /** Null for an answer that cannot be told to this caller. */
  private hit(ask: CacheAsk, { entry, similarity }: FoundAnswer): CacheHit | null {
    const { facts, endpoint, scope, key } = ask;
    const replay = replayOf(entry, { endpoint, labels: this.labelsOf(ask), ...facts });
    if (!replay) return null;
    const outcome = similarity === null ? 'hit' : 'semantic';
    this.options.figures.count(scope, { kind: outcome, saved: entry.cost });
    const headers = {
      ...cacheHeaders(outcome, { key, ...(similarity !== null && { similarity }) }),
      'x-ao-provider': headerText(entry.provider),
      'x-ao-model': headerText(entry.model),
    };
    return { kind: 'hit', outcome, saved: entry.cost, headers, replay };
  }

  private labelsOf({ call, facts }: CacheAsk): Labels {
    return {
      id: call.callId,
      model: facts.model,
      nowS: Math.floor(this.options.clock.nowMs() / MS_PER_S),
      request: call.original ?? parseBody(call.body),
    };
  }

  private miss(
    ask: CacheAsk,
    outcome: CacheMiss['outcome'],
    flight: Flight<FoundAnswer> | null,
    place: SemanticPlace | null,
  ): CacheMiss {
    const { settings, controls, key, scope } = ask;
    if (outcome === 'miss') this.options.figures.count(scope, { kind: 'miss' });
    const headers = cacheHeaders(outcome, { key });
    let copy: AnswerCopy | null = null;
    return {
      kind: 'miss',
      outcome,
      record: (out) => (copy = new AnswerCopy(out, headers, controls.noStore ? 0 : settings.answerBytesMax)),
      finish: (report) => {
        const saving = this.finish(ask, copy, report, { flight, place }).finally(() => this.unsaved.delete(saving));
        this.unsaved.add(saving);
      },
    };
  }

  /** Never rejects: the caller has its answer. */
  private async finish(
    ask: CacheAsk,
    copy: AnswerCopy | null,
    report: UsageReport | null,
    { flight, place }: { flight: Flight<FoundAnswer> | null; place: SemanticPlace | null },
  ): Promise<void> {
    const sent = report && copy?.whole;
    // The answer of a fallback is no answer of the model that was asked for.
    const isOfGroup = report !== null && [null, ask.facts.modelGroup].includes(report.modelGroup);
    const entry = sent && isOfGroup ? entryOf(sent, report, ask.endpoint, this.options.clock.nowMs()) : null;
    // Those who wait in this process need not wait for the store.
    flight?.land(entry && { entry, similarity: null });
    try {
      if (entry) await this.save(ask, entry, place);
    } catch (error) {
      this.options.logger.warn({ err: error, callId: ask.call.callId }, 'an answer could not be kept in the cache');
    } finally {
      if (flight) this.options.flights.release(ask.key, ask.call.callId);
    }
  }

  private async save(ask: CacheAsk, entry: CacheEntry, place: SemanticPlace | null): Promise<void> {
    const { settings, scope, digest, generation } = ask;
    const ttlMs = ttlOf(ask);
    if (ttlMs === 0) return;
    const { organisationBytesPerHourMax } = settings;
    const isSaved = await this.options.entries.save(
      scope,
      digest,
      { entry, generation },
      { ttlMs, organisationBytesPerHourMax },
    );
    if (isSaved && place && settings.semantic) {
      await this.options.semantic.remember(place, digest, ttlMs, settings.semantic);
    }
  }
}

/** The call is made, and nothing is kept of it. */
const PASSING: CacheMiss = {
  kind: 'miss',
  outcome: 'bypass',
  record: (out) => new AnswerCopy(out, cacheHeaders('bypass'), 0),
  finish: () => undefined,
};
