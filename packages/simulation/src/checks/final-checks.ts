import { EACH, type BudgetScope, type UsageReport } from '@ao/contracts';
import { checkLedger, isHolding, MemoryLedgerAudit, settlementKey, type RecordedEntry } from '@ao/wallet/simulation';
import type { CallPlan } from '../plan/plan.js';
import { PRICE } from '../world/model.js';
import type { World } from '../world/world.js';
import type { ObservedCall } from './call-book.js';

/** A call that has neither its money nor a refusal by then hangs: six times the wallet's deadline, for a few questions in a row. */
const RESERVE_MS_MAX = 9_000;

/** What must be true once the weather has calmed, everything has drained, and leases and grace periods have passed. */
export async function checkEnd(world: World): Promise<void> {
  checkDrained(world);
  await checkBooks(world);
  checkMoneyReturned(world);
  const entries = entriesByRequest(world);
  for (const call of world.book.all) {
    checkLiveness(world, call);
    checkSettled(world, call, entries.get(call.callId) ?? []);
  }
  checkNothingElse(world, entries);
  checkEvents(world);
  if (!world.plan.isFaulty) checkFairWeather(world);
}

function checkDrained({ bus, wallets, meterings, witness, walletTables, meteringTables }: World): void {
  if (bus.open > 0) witness.violate('everything drains', `${bus.open} events are still on the bus`);
  if (!wallets.relay.isEmpty) witness.violate('everything drains', 'the outbox of the wallet is not empty');
  if (!meterings.relay.isEmpty) witness.violate('everything drains', 'the outbox of metering is not empty');
  for (const { requestId, reason } of meteringTables.refused.all()) {
    witness.violate('metering refuses nothing', `${requestId}: ${reason}`);
  }
  const deadlocks = walletTables.database.locks.deadlocks + meteringTables.database.locks.deadlocks;
  if (deadlocks > 0) witness.violate('no deadlock', `${deadlocks} transactions met in a circle`);
}

async function checkBooks({ walletTables, witness, plan }: World): Promise<void> {
  const { violations } = await checkLedger(new MemoryLedgerAudit(walletTables));
  for (const { law, walletId, periodKey, expected, found } of violations) {
    witness.violate(law.replaceAll('_', ' '), `${walletId} in ${periodKey}: expected ${expected}, found ${found}`);
  }
  for (const { walletId, periodKey, spendableMax } of walletTables.periods.all()) {
    const most = witness.limits.mostSince(walletId, plan.startsAtMs);
    if (spendableMax === null || most === null || spendableMax <= most) continue;
    witness.violate(
      'spend within limit',
      `${walletId} in ${periodKey} was measured by ${spendableMax} instead of ${most}`,
    );
  }
}

function checkMoneyReturned({ walletTables, witness }: World): void {
  for (const lease of walletTables.leases.all().filter(isHolding)) {
    witness.violate('all holds are released in the end', `${lease.id} of ${lease.gatewayId} is ${lease.state}`);
  }
  const granted = new Set<string>();
  for (const { acquisitionId, walletId } of walletTables.leases.all()) {
    const key = `${acquisitionId} on ${walletId}`;
    if (granted.has(key)) witness.violate('a question is granted once', key);
    granted.add(key);
  }
}

function checkLiveness({ witness, scheduler }: World, call: ObservedCall): void {
  const { callId, askedAtMs, sentAtMs, endedAtMs, isCutOff } = call;
  if (isCutOff) return;
  const decidedAtMs = sentAtMs ?? endedAtMs ?? scheduler.nowMs;
  const waitedMs = decidedAtMs - askedAtMs;
  if (waitedMs > RESERVE_MS_MAX)
    witness.violate('no call waits beyond its deadline', `${callId} waited ${waitedMs} ms`);
  if (endedAtMs === null) witness.violate('every call ends', `${callId} has no answer`);
}

/** In the request log, and posted once, exactly, on every wallet that pays; or nowhere. */
function checkSettled(world: World, call: ObservedCall, entries: readonly RecordedEntry[]): void {
  const { witness, meteringTables } = world;
  const { callId, report, beginDurable } = call;
  const logged = meteringTables.calls.get(callId);
  // Of a call that its gateway's death cut off, the begin is enough: it is billed for what was noted of it.
  const mustBeLogged = report !== null || beginDurable;
  if (mustBeLogged !== (logged !== undefined)) {
    return witness.violate('nothing is lost', `${callId}: safe in a spool: ${mustBeLogged}, logged: ${!!logged}`);
  }
  if (!logged) {
    if (entries.length > 0) witness.violate('ledger = request log', `${callId} was posted and not logged`);
    return;
  }
  if (report) checkCost(world, call, report, logged.cost);
  const payers = [...new Set(logged.charges.map(({ walletId }) => walletId))];
  checkPayers(world, call, payers);
  for (const walletId of payers) {
    const ofWallet = entries.filter((entry) => entry.walletId === walletId);
    checkPosted(world, { callId, cost: logged.cost, walletId }, ofWallet);
  }
}

function checkCost({ witness }: World, { callId, plan }: ObservedCall, report: UsageReport, logged: bigint): void {
  if (logged !== report.cost) witness.violate('the cost is exact', `${callId}: ${report.cost} became ${logged}`);
  const exact = report.usageSource === 'provider' ? exactCost(plan) : null;
  if (exact === null || logged === exact) return;
  witness.violate('the cost is exact', `${callId} costs ${logged} instead of ${exact}`);
}

/** The whole path of the key's wallet, then budgets whose scope the call lies in. */
function checkPayers(
  { walletTables, walletIds, witness }: World,
  { callId, plan }: ObservedCall,
  payers: readonly string[],
): void {
  const path = walletTables.wallets.get(walletIds[plan.wallet]!)!.wallet.path;
  const scoped = payers.slice(path.length).map((id) => walletTables.wallets.get(id)!.wallet.scope);
  const belongs = (scope: BudgetScope | null): boolean =>
    scope !== null && [undefined, EACH, plan.endUser].includes(scope.end_user);
  if (payers.length === 0 || (path.every((id, index) => payers[index] === id) && scoped.every(belongs))) return;
  witness.violate('who must pay pays', `${callId} of ${path.join(' < ')} is charged to ${payers.join(', ')}`);
}

function checkPosted(
  { witness, walletTables }: World,
  { callId, cost, walletId }: { callId: string; cost: bigint; walletId: string },
  entries: readonly RecordedEntry[],
): void {
  const posted = entries.reduce((sum, { amount }) => sum + amount, 0n);
  const isUnderItsKey = entries.some(({ idempotencyKey }) => idempotencyKey === settlementKey(callId, walletId));
  if (posted !== cost || (cost > 0n && !isUnderItsKey)) {
    witness.violate('each call is posted exactly once', `${callId} on ${walletId}: ${posted} instead of ${cost}`);
  }
  for (const { leaseId, periodKey } of entries) {
    const lease = leaseId === null ? undefined : walletTables.leases.get(leaseId);
    if (!lease || lease.periodKey === periodKey) continue;
    const detail = `${callId} on ${walletId}: ${periodKey}, not ${lease.periodKey}`;
    witness.violate('money is spent in the period of its hold', detail);
  }
}

function checkNothingElse(
  { book, witness, meteringTables }: World,
  entries: ReadonlyMap<string, RecordedEntry[]>,
): void {
  const known = new Set(book.all.map(({ callId }) => callId));
  const told = [...entries.keys(), ...meteringTables.calls.all().map(({ requestId }) => requestId)];
  for (const callId of told) if (!known.has(callId)) witness.violate('ledger = request log', `nobody made ${callId}`);
}

/** Every entry and every threshold is told of, once. */
function checkEvents({ walletTables, witness }: World): void {
  const outbox = walletTables.database.outbox.all();
  const eventsOf = (noun: string): string[] =>
    outbox.filter(({ subject }) => subject === `evt.wallet.${noun}.v1`).map(({ payload }) => payload);
  const posted = eventsOf('entries.posted').flatMap((text) => (JSON.parse(text) as { entries: unknown[] }).entries);
  const compare = (noun: string, events: number, facts: number): void => {
    if (events !== facts) witness.violate('every fact is told once', `${events} events of ${facts} ${noun}`);
  };
  compare('entries', posted.length, walletTables.entries.all().length);
  compare('crossings', eventsOf('threshold.crossed').length, walletTables.crossings.all().length);
}

/** Without faults nothing may expire, and nobody is told that something is away. */
function checkFairWeather({ walletTables, witness, book, plan }: World): void {
  const leases = walletTables.leases.all();
  // Those of a wallet that was switched off run out by themselves.
  const isSwitched = plan.operations.some(({ kind }) => kind === 'set-active');
  for (const { id, state } of leases) {
    if (state !== 'closed' && !isSwitched) witness.violate('leases of living gateways come back', `${id} is ${state}`);
  }
  for (const { callId, refusal } of book.all) {
    if (refusal && !EXPECTED_REFUSALS.has(refusal))
      witness.violate('no call fails without a fault', `${callId}: ${refusal}`);
  }
  const isOverrun = ({ provider, maxTokens }: CallPlan): boolean =>
    provider.kind === 'answers' && provider.completionTokens > maxTokens;
  if (plan.operations.some((one) => one.kind === 'set-limit') || book.all.some((call) => isOverrun(call.plan))) return;
  for (const { requestId, kind } of walletTables.entries.all()) {
    if (kind === 'overage')
      witness.violate('what was reserved covers the cost', `${requestId} was posted as an overage`);
  }
}

const EXPECTED_REFUSALS = new Set(['wallet_exhausted', 'budget_exceeded', 'upstream_error', 'rate_limit_exceeded']);

function entriesByRequest({ walletTables }: World): Map<string, RecordedEntry[]> {
  const byRequest = new Map<string, RecordedEntry[]>();
  for (const entry of walletTables.entries.all()) {
    if (entry.requestId === null) continue;
    const entries = byRequest.get(entry.requestId);
    if (entries) entries.push(entry);
    else byRequest.set(entry.requestId, [entry]);
  }
  return byRequest;
}

/** By the rule itself: pico-dollars summed exactly, rounded to nano-dollars once, half to even. */
function exactCost({ provider, leavesAfterMs }: CallPlan): bigint | null {
  if (provider.kind !== 'answers' || leavesAfterMs !== null) return null;
  const pico = BigInt(provider.promptTokens) * PRICE.inputPico + BigInt(provider.completionTokens) * PRICE.outputPico;
  const [whole, rest] = [pico / 1_000n, pico % 1_000n];
  return rest > 500n || (rest === 500n && whole % 2n === 1n) ? whole + 1n : whole;
}
