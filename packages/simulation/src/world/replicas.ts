import type { MemoryDatabase, MemorySession } from '@ao/database/memory';
import { AppError } from '@ao/kernel';
import { Life } from '../engine/life.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { EventBus } from './event-bus.js';
import { Relay } from './relay.js';
import type { Weather } from './weather.js';

const RESTART_MS = 700;

interface ReplicaOptions<Process> {
  name: string;
  skewsMs: readonly number[];
  database: MemoryDatabase;
  scheduler: Scheduler;
  weather: Weather;
  bus: EventBus;
  build: (life: Life, session: MemorySession) => Process;
}

/** The replicas of one service over one database, with the relay of its outbox. */
export class Replicas<Process extends { readonly life: Life }> {
  readonly relay: Relay;
  private readonly running: { process: Process; session: MemorySession }[] = [];

  constructor(private readonly options: ReplicaOptions<Process>) {
    this.relay = new Relay(options.database, options.bus, () => this.processes.map(({ life }) => life));
  }

  /** One for each that has ever started, dead ones too. */
  get processes(): readonly Process[] {
    return this.running.map(({ process }) => process);
  }

  start(): void {
    this.options.skewsMs.forEach((_, replica) => this.startOne(replica));
  }

  /** Ends a process where it stands; its database rolls back what it had open. It starts anew after a while. */
  crash(replica: number, downMs = RESTART_MS): void {
    const { process, session } = this.running[replica]!;
    if (!process.life.isAlive) return;
    process.life.isAlive = false;
    session.abort();
    this.options.scheduler.after(downMs, `${process.life.name} starts again`, () => this.startOne(replica));
    this.options.scheduler.trace.note(this.options.scheduler.nowMs, `${process.life.name} CRASHES`);
  }

  private startOne(replica: number): void {
    const { name, skewsMs, database, scheduler, build } = this.options;
    const life = new Life(`${name}-${replica}`, scheduler, skewsMs[replica]!);
    const session = database.openSession((statement) => this.statement(life, replica, statement));
    this.running[replica] = { process: build(life, session), session };
    this.relay.replicasChanged();
  }

  /** Takes time; now and then the connection breaks, and now and then the process dies, before or after a commit. */
  private async statement(life: Life, replica: number, name: string): Promise<void> {
    const { weather } = this.options;
    if (!life.isAlive) return life.hang();
    if (weather.strikes('statementKills')) {
      this.crash(replica);
      return life.hang();
    }
    const takesMs = weather.statementMs();
    if (takesMs > 0) await life.sleep(takesMs, name);
    if (weather.strikes('statementFails')) {
      throw new AppError('backend_unavailable', 'The database is not reachable.', { internal: name });
    }
  }
}
