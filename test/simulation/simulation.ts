import { Clients } from './actors/clients.js';
import { Outsiders, type OutsiderOp } from './actors/outsiders.js';
import { startReconcile } from './actors/reconciler.js';
import { REDIS_OUTSIDER_OPS, RedisOutsiders, type RedisOutsiderOp } from './actors/redis-outsiders.js';
import { SimService, type Role } from './actors/sim-service.js';
import { lostField } from './checks/field-history.js';
import type { Written } from './checks/history.js';
import { slighted } from './checks/preference.js';
import { difference, isQuiet, unrest } from './checks/quiescence.js';
import { Safety } from './checks/safety.js';
import { isAt, type FaultPointName } from './engine/fault-points.js';
import { MAX_SKEW_MS, SimWorld } from './engine/sim-world.js';
import type { Task } from './engine/task.js';
import type { Trace } from './engine/trace.js';
import type { Mutation } from './mutations.js';
import type { Action, Damage, Schedule } from './schedule.js';
import { SimMongo } from './stores/sim-mongo.js';
import { SimRedis } from './stores/sim-redis.js';
import { skewMs, type Direction, type ReconcileReport } from '@redis-mongo-sync/sync-core';

/** What befalls the system, as against what clients and outsiders do. */
type Strike = Exclude<Action, { do: 'run' | 'client' | 'clients' | 'outsider' | 'sleep' | 'late' }>;

export interface SimulationOptions {
  readonly mutation?: Mutation;
  readonly trace?: Trace;
}

export interface SimulationResult {
  /** The first thing that went wrong; `null`: nothing. */
  readonly wrong: string | null;
  readonly steps: number;
  readonly checks: number;
  readonly faults: ReadonlyMap<string, number>;
}

/** Rounds over all tasks, after which a run is said not to come to rest. */
const MAX_ROUNDS = 2_000;
/** Rounds that tasks are kept frozen when everything else has nothing more to do, or can't get on without them. */
const FROZEN_ROUNDS = 60;
const WARM_ROUNDS = 3;
/** What a task must have gone through since the last change before all is taken to be quiet. */
const QUIET_LAPS = 2;

/**
 * Plays one schedule: the real pipelines, capture and repair over simulated stores, in the order that the schedule
 * says; then faults end, every actor goes on until there is nothing more to do, and both stores must be equal.
 */
export async function simulate(
  schedule: Schedule,
  options: SimulationOptions = {},
): Promise<SimulationResult> {
  const simulation = new Simulation(schedule, options);
  const wrong = await simulation.run();
  const { world, safety } = simulation;
  return { wrong, steps: world.steps, checks: safety.checks, faults: world.faults };
}

class Simulation {
  readonly world: SimWorld;
  readonly safety: Safety;
  private readonly redis: SimRedis;
  private readonly mongo: SimMongo;
  private readonly clients: Clients;
  private readonly outsiders: Outsiders;
  private readonly redisOutsiders: RedisOutsiders;
  private readonly services: readonly SimService[];
  /** Where services are to die. */
  private readonly crashes = new Map<SimService, FaultPointName>();

  constructor(
    private readonly schedule: Schedule,
    options: SimulationOptions,
  ) {
    this.world = new SimWorld({ ...options, conflict: schedule.conflict });
    this.world.jump('redis', schedule.skewMs);
    this.safety = new Safety(this.world, schedule.profile === 'outsiders');
    this.redis = new SimRedis(this.world, this.safety);
    this.mongo = new SimMongo(this.world, this.safety);
    this.safety.watch(this.redis, this.mongo);
    this.clients = new Clients(this.world, this.redis, this.mongo);
    this.outsiders = new Outsiders(this.world, this.mongo);
    this.redisOutsiders = new RedisOutsiders(this.world, this.redis);
    const { world, redis, mongo } = this;
    const onPark = (service: SimService, task: Task, role: Role) => this.crashIfDue(service, task, role);
    this.services = [0, 1]
      .slice(0, schedule.services)
      .map((index) => new SimService({ world, redis, mongo, index, batchSize: schedule.batchSize, onPark }));
  }

  async run(): Promise<string | null> {
    if (this.schedule.warm) await this.warmUp();
    for (const action of this.schedule.actions) {
      this.world.trace?.add(`— ${JSON.stringify(action)}`);
      await this.perform(action);
      this.safety.check();
      if (this.world.violation) return this.world.violation;
    }
    await this.comeToRest();
    if (this.world.violation) return this.world.violation;
    const { redis, mongo } = this;
    const unequal = isQuiet(redis, mongo) ? difference(redis, mongo) : unrest(redis, mongo);
    return unequal === null ? this.judge() : `${this.rule}: ${unequal}`;
  }

  /** Under which name equality is promised. */
  private get rule(): string {
    return this.schedule.conflict === 'last-write-wins' ? 'I9' : 'I23';
  }

  /** What clients were promised. Outsiders promise nothing, and get nothing. */
  private judge(): string | null {
    const { mongo } = this;
    const { history } = this.safety;
    const isLww = this.schedule.conflict === 'last-write-wins';
    switch (this.schedule.profile) {
      case 'outsiders':
        return null;
      case 'disasters':
        return (isLww ? history.lost(mongo) : null) ?? history.balances(mongo);
      case 'clients':
        return history.lost(mongo) ?? history.balances(mongo) ?? history.unkept(mongo);
      case 'merging':
        return lostField(history, mongo) ?? history.balances(mongo) ?? history.unkept(mongo, isDelete);
      case 'preferring':
        return slighted(mongo) ?? history.balances(mongo) ?? history.unkept(mongo);
    }
  }

  private async perform(action: Action): Promise<void> {
    switch (action.do) {
      case 'run':
        return this.runTask(this.service(action.service), action.role, action.waits);
      case 'client': {
        const { on, op, field, fault } = action;
        await this.clients.begin({
          on,
          op,
          field,
          fault,
          key: this.key(action.key),
          to: this.key(action.to),
        });
        return this.runClients(action.waits);
      }
      case 'clients':
        return this.runClients(action.waits);
      case 'outsider':
        if (this.letOutsider(action)) this.world.happened(`outsider ${action.op}`);
        return;
      case 'sleep':
        this.world.now += action.ms;
        return;
      case 'late':
        this.deliverLate();
        return;
      default:
        return this.strike(action);
    }
  }

  private letOutsider({ op, pick, ...action }: Extract<Action, { do: 'outsider' }>): boolean {
    const command = { pick, key: this.key(action.key), to: this.key(action.to) };
    if (!isRedisOp(op)) return this.outsiders.act({ op, ...command });
    this.safety.tampered.add(command.key);
    return this.redisOutsiders.act({ op, ...command });
  }

  private strike(action: Strike): void {
    switch (action.do) {
      case 'network': {
        const task = this.service(action.service).tasks.get(action.role);
        if (task) task.armed = action.fault;
        return;
      }
      case 'crash':
        if (action.at) this.crashes.set(this.service(action.service), action.at);
        else this.crash(this.service(action.service), 'now');
        return;
      case 'freeze': {
        const task = this.service(action.service).tasks.get(action.role);
        if (task) task.frozen = true;
        return;
      }
      case 'thaw':
        return this.thaw();
      case 'cut':
        return this.world.cut(action.store, action.service);
      case 'heal':
        return this.world.heal();
      case 'jump':
        this.world.jump(action.store, action.ms);
        return this.world.happened(action.ms < 0 ? 'clock jump back' : 'clock jump ahead');
      case 'damage':
        if (this.damage(action.what, action.direction)) this.world.happened(action.what);
        return;
    }
  }

  private damage(what: Damage, direction: Direction): boolean {
    const stream = this.redis.streams[direction];
    switch (what) {
      case 'cut-stream':
        return stream.cutTo(1);
      case 'destroy-group':
        return stream.destroyGroup();
      case 'delete-stream':
        stream.delete();
        return true;
      case 'flush':
        this.redis.flush();
        return true;
      case 'lose-history':
        this.mongo.oplogStart = this.mongo.oplog.length;
        return true;
    }
  }

  private async runTask(service: SimService, role: Role, waits: number): Promise<void> {
    if (!service.isUp) await service.boot();
    for (let wait = 0; wait < waits; wait++) {
      const task = service.tasks.get(role);
      if (!task?.isRunnable(this.world.now)) return;
      await this.step(() => task.resume());
    }
  }

  private async runClients(waits: number): Promise<void> {
    for (let wait = 0; wait < waits && this.clients.busy; wait++) await this.step(() => this.clients.step());
  }

  private async step(go: () => Promise<unknown>): Promise<void> {
    await go();
    this.world.steps += 1;
    this.safety.check();
  }

  private crashIfDue(service: SimService, task: Task, role: Role): void {
    const at = this.crashes.get(service);
    if (at && isAt(at, role, task)) this.crash(service, at);
  }

  private crash(service: SimService, at: string): void {
    if (!service.isUp) return;
    this.crashes.delete(service);
    service.crash();
    this.world.happened(`crash ${at}`);
  }

  private deliverLate(): void {
    for (const arrive of this.world.late.splice(0)) {
      arrive();
      this.safety.check();
    }
  }

  /** Frozen tasks go on, with what they had in hand: by now others may have taken it over. */
  private thaw(): void {
    for (const service of this.services) {
      for (const [role, task] of service.tasks) {
        if (!task.frozen) continue;
        task.frozen = false;
        this.world.happened('pause');
        if (role === 'mongo-to-redis' || role === 'redis-to-mongo') {
          const inHand = service.lanes.get(role)?.inHand ?? [];
          const { group } = this.redis.streams[role];
          if (inHand.some(({ entryId }) => !group?.pending.has(Number(entryId))))
            this.world.happened('zombie');
        }
      }
    }
  }

  private async warmUp(): Promise<void> {
    for (const service of this.services) {
      for (let round = 0; round < WARM_ROUNDS; round++) await this.runAll(service);
    }
  }

  private async comeToRest(): Promise<void> {
    this.world.trace?.add('— faults end');
    this.world.heal();
    this.crashes.clear();
    this.deliverLate();
    while (this.clients.busy) await this.runClients(1);
    await this.settleDown(FROZEN_ROUNDS);
    this.thaw();
    await this.settleDown(MAX_ROUNDS);
    if (this.mendFuture()) {
      await this.settleDown(MAX_ROUNDS);
      for (const stream of Object.values(this.redis.streams)) stream.discardDeadLetters();
      await this.settleDown(MAX_ROUNDS);
    }
    // What somebody did to Redis, or to a version that nobody would apply, has left no trace that the sync follows.
    if (this.safety.tampered.size > 0) await this.reconcile('emit');
    if (this.safety.tampered.size > 0 && difference(this.redis, this.mongo)) await this.reconcile('remove');
  }

  /** What a person does about versions from the future: takes them away, wherever they stand. */
  private mendFuture(): boolean {
    const { mongo, redis, world } = this;
    const isFuture = ({ version }: { version: number | null }) =>
      skewMs(version ?? 0, world.now) > MAX_SKEW_MS;
    const stones = [...mongo.tombstones.values()].filter(isFuture);
    const docs = [...mongo.docs.values()].filter(isFuture);
    const texts = [...redis.held].filter(([, held]) => isFuture(held));
    for (const { key } of [...stones, ...docs]) if (key !== null) this.safety.tampered.add(key);
    for (const stone of stones) mongo.unbury(stone);
    for (const [key] of texts) {
      this.safety.tampered.add(key);
      redis.drop(key);
    }
    for (const doc of docs) mongo.put({ ...doc, stamp: undefined }, { by: 'outsider' });
    const letters = Object.values(redis.streams).flatMap(({ deadLetters }) => deadLetters);
    return stones.length + docs.length + texts.length + letters.length > 0;
  }

  private async reconcile(extra: 'emit' | 'remove'): Promise<void> {
    const { world, redis, mongo } = this;
    const reports: ReconcileReport[] = [];
    const task = await startReconcile({ world, redis, mongo }, extra, (report) => reports.push(report));
    for (let round = 0; !task.ended && round < MAX_ROUNDS && !world.violation; round++) {
      for (let wait = 0; wait < 4 && task.isRunnable(world.now); wait++) await this.step(() => task.resume());
      for (const service of this.services) await this.runAll(service);
      world.now += 10;
    }
    if (!task.ended) return world.violated('I20: reconcile does not come to an end');
    world.happened(`reconcile ${extra}`);
    if ((reports[0]?.repaired ?? 0) > 0) world.happened('reconcile repaired');
    await this.settleDown(MAX_ROUNDS);
  }

  /** Every actor goes on in turn until nothing changes any more. */
  private async settleDown(maxRounds: number): Promise<void> {
    let seen = -1;
    let laps = new Map<Task, number>();
    let idleMs = 1;
    for (let round = 0; round < maxRounds && !this.world.violation; round++) {
      for (const service of this.services) await this.runAll(service);
      const tasks = this.services.flatMap((service) => [...service.tasks.values()]);
      if (seen !== this.world.writes) {
        seen = this.world.writes;
        laps = new Map(tasks.map((task) => [task, task.laps]));
        idleMs = 1;
      } else if (isQuiet(this.redis, this.mongo) && tasks.every((task) => wentRound(task, laps))) return;
      this.world.now += idleMs;
      idleMs = Math.min(2_000, idleMs * 16);
    }
  }

  private async runAll(service: SimService): Promise<void> {
    if (!service.isUp) await service.boot();
    for (const [role, task] of service.tasks) {
      const { laps } = task;
      for (let wait = 0; wait < 4 && task.laps === laps; wait++) await this.runTask(service, role, 1);
    }
  }

  private service(index: number): SimService {
    const service = this.services[index % this.services.length];
    if (!service) throw new RangeError(`there is no service ${index}`);
    return service;
  }

  private key(index: number): string {
    return `${'abc'[index % this.schedule.keys]}@example.org`;
  }
}

function wentRound(task: Task, laps: ReadonlyMap<Task, number>): boolean {
  return task.frozen || task.laps >= (laps.get(task) ?? 0) + QUIET_LAPS;
}

/** Under `merge-fields`, writes are kept field by field. */
function isDelete({ fields }: Written): boolean {
  return fields === null;
}

function isRedisOp(op: OutsiderOp | RedisOutsiderOp): op is RedisOutsiderOp {
  return (REDIS_OUTSIDER_OPS as readonly string[]).includes(op);
}
