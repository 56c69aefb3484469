import { z } from 'zod';
import { id, modelName } from './fields.js';

/**
 * How a deployment of a group is picked, by LiteLLM's names where it has one. `weighted-round-robin` takes turns by weight;
 * `priority` serves waiting calls in the order of their priority.
 */
export const routingStrategy = z.enum([
  'simple-shuffle',
  'weighted-round-robin',
  'least-busy',
  'latency-based-routing',
  'cost-based-routing',
  'usage-based-routing-v2',
  'lowest-tpm-rpm',
  'priority',
]);
export type RoutingStrategy = z.output<typeof routingStrategy>;

const retries = z.int().min(0).max(10);
const waitMs = z.int().min(0).max(600_000);
const limitMs = z.int().min(1).max(7_200_000);

/** Retries by what went wrong; what is absent follows `retriesMax`. */
export const retryPolicy = z
  .object({
    badRequest: retries,
    authentication: retries,
    timeout: retries,
    rateLimit: retries,
    contentPolicy: retries,
    serverError: retries,
  })
  .partial();
export type RetryPolicy = z.output<typeof retryPolicy>;

/** What a deployment must keep to be taken while another one does: milliseconds at the 95th percentile; failures of 1. */
export const serviceLevel = z.object({ latencyMsP95Max: limitMs, errorRateMax: z.number().min(0).max(1) }).partial();
export type ServiceLevel = z.output<typeof serviceLevel>;

/** What a model group has of its own; what is absent is the router's. */
export const groupPolicy = z
  .object({
    strategy: routingStrategy,
    retriesMax: retries,
    retryPolicy,
    /** Wait at least so long before a deployment is tried again. */
    retryAfterMinMs: waitMs,
    /** Of one attempt, from sending to the last byte. */
    timeoutMs: limitMs,
    /** Of one attempt, until the first token of a stream. */
    firstTokenMs: limitMs,
    /** Between two pieces of a stream. */
    stallMs: limitMs,
    /** A stream that breaks off is continued by another deployment that can do so (BX-006). */
    recoverStreams: z.boolean(),
    serviceLevel,
    promptCacheAffinity: z.boolean(),
  })
  .partial();
export type GroupPolicy = z.output<typeof groupPolicy>;

const fallbackList = z.array(modelName).max(20);
const fallbackMap = z.record(modelName, fallbackList);
/** Matches a deployment's region by its beginning: `eu` matches `eu-west1`. */
export const regionPrefix = z.string().min(1).max(64);

/** Calls from these countries (ISO 3166, two letters) go to these regions only. */
export const geoRule = z.object({
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'expected a country such as "DE"'))
    .min(1)
    .max(300),
  regions: z.array(regionPrefix).min(1).max(50),
});
export type GeoRule = z.output<typeof geoRule>;

/**
 * `router_settings`: of the platform (AO_CONFIG), and over them those of an organisation, field by field. All durations in
 * milliseconds. What is absent everywhere takes its default from `@ao/router`.
 */
export const routerSettings = z
  .object({
    ...groupPolicy.shape,
    /** Per model group. */
    groups: z.record(modelName, groupPolicy),
    /** Of one call, all attempts and waits together. */
    totalTimeoutMs: limitMs,
    /** Failures within a minute that a deployment may have before it is left alone for a while. */
    allowedFails: z.int().min(0).max(10_000),
    cooldownMs: waitMs,
    cooldowns: z.boolean(),
    /** Where a call goes when its group has failed, in order. */
    fallbacks: fallbackMap,
    contextWindowFallbacks: fallbackMap,
    contentPolicyFallbacks: fallbackMap,
    /** For groups that `fallbacks` does not name. */
    defaultFallbacks: fallbackList,
    /** How many groups a call may fall back to, one after another. */
    fallbacksMax: z.int().min(0).max(20),
    /** Deployments must have the tags of the call. */
    tagFiltering: z.enum(['off', 'all', 'any']),
    /** Deployments whose context is too small for the prompt are left out before they are asked. */
    preCallChecks: z.boolean(),
    /** Parameters that a provider has no word for are left out instead of refused. */
    dropParams: z.boolean(),
    /** Deployments whose latency is within this share of the lowest count as equally fast. */
    latencyBuffer: z.number().min(0).max(10),
    /** Where calls from a country may go; null: no restriction. */
    geoRules: z.array(geoRule).max(300).nullable(),
    /** The only regions whose deployments may be called, whatever else is said (RT-017); null: any. */
    residencyRegions: z.array(regionPrefix).min(1).max(50).nullable(),
  })
  .partial();
export type RouterSettings = z.output<typeof routerSettings>;

/** Settings with whose they are; null: the platform's. */
export const ownedRouterSettings = z.object({ orgId: id.nullable(), settings: routerSettings });
export type OwnedRouterSettings = z.output<typeof ownedRouterSettings>;
