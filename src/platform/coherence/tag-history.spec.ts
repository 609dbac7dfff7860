import fc from 'fast-check';
import { Snapshot } from './snapshot.js';
import { TagHistory, type ToldChange } from './tag-history.js';

function historyFrom(snapshot: string): TagHistory {
  const history = new TagHistory();
  history.restart(snapshot);
  return history;
}

const told = (history: TagHistory, snapshot: string, ...changes: ToldChange[]): void =>
  history.learn(history.mark(), snapshot, changes);

it('refuses what was read before a change under one of its tags, and nothing else', () => {
  const history = historyFrom('10:10:');
  told(history, '12:12:', ['sales:7', '11']);
  const [before, after] = [new Snapshot('10:10:'), new Snapshot('12:12:')];
  for (const [tags, ended] of [
    [['sales:7'], true],
    [['sales'], true],
    [['users:7', 'sales'], true],
    [['sales:8'], false],
    [['users:7'], false],
    [['sale'], false],
    [[], false],
  ] as const) {
    expect([tags, history.allows(before, tags), history.allows(after, tags)]).toEqual([tags, !ended, true]);
  }
});

it('takes a change of a whole group, and of everything, for one of each of its members', () => {
  const history = historyFrom('10:10:');
  const before = new Snapshot('10:10:');
  told(history, '11:11:', ['sales', '10']);
  expect([history.allows(before, ['sales:7']), history.allows(before, ['users:7'])]).toEqual([false, true]);
  told(history, '12:12:', ['*', '11']);
  expect(history.allows(before, ['users:7'])).toBe(false);
});

it('goes by transactions, not by the order in which they are told', () => {
  const history = historyFrom('10:10:');
  // Read while 10 was running; 11 had ended.
  const read = new Snapshot('10:12:10');
  told(history, '10:12:10', ['users:1', '11']);
  expect(history.allows(read, ['users:1'])).toBe(true);
  told(history, '12:12:', ['users:1', '10']);
  expect(history.allows(read, ['users:1'])).toBe(false);
});

it('refuses what was read before anything was heard, and everything while nothing is', () => {
  const history = historyFrom('10:10:');
  expect(history.allows(new Snapshot('9:9:'), ['users:1'])).toBe(false);
  history.restart(undefined);
  expect([history.snapshot, history.allows(new Snapshot('10:10:'), ['users:1'])]).toEqual([undefined, false]);
});

it('is unsure of what was announced until an answer to a question that began later', () => {
  const history = historyFrom('10:10:');
  const early = history.mark();
  history.announce(['sales:7']);
  for (const tag of ['sales', 'sales:7']) expect(history.isUnsure([tag])).toBe(true);
  expect(history.isUnsure(['sales:8', 'users:7'])).toBe(false);
  history.learn(early, '11:11:', []);
  expect(history.isUnsure(['sales:7'])).toBe(true);
  told(history, '11:11:');
  expect(history.isUnsure(['sales', 'sales:7'])).toBe(false);
  history.announce(['*']);
  expect(history.isUnsure(['anything'])).toBe(true);
});

it('allows what was read since, after any number of changes, however long another transaction is under way', () => {
  const history = historyFrom('10:10:');
  const early = new Snapshot('10:12:10');
  for (let xid = 11; xid < 100; xid += 1) told(history, `10:${xid + 1}:10`, ['users:1', String(xid)]);
  expect(history.allows(early, ['users:1'])).toBe(false);
  expect(history.allows(new Snapshot('10:100:10'), ['users:1'])).toBe(true);
  // Read while one of the last was under way, too.
  expect(history.allows(new Snapshot('10:100:10,98'), ['users:1'])).toBe(false);
  // And while one of those was that are not told apart.
  expect(history.allows(new Snapshot('10:100:10,20'), ['users:1'])).toBe(false);
});

it('stays bounded, and refuses rather than forgets', () => {
  const history = historyFrom('1:1:');
  const read = new Snapshot('2:9:2,5');
  told(history, '9:9:', ['users:1', '2']);
  for (let i = 0; i < 200; i += 1) told(history, `${1_000 + i}:${1_000 + i}:`, ['users:1', String(100 + i)]);
  const late = new Snapshot('900:900:');
  expect([history.allows(read, ['users:1']), history.allows(late, ['users:1'])]).toEqual([false, true]);
  const many = Array.from({ length: 30_000 }, (_, i): ToldChange => [`users:${i}`, '2000']);
  history.learn(history.mark(), '2001:2001:', many);
  expect([history.allows(late, ['users:99999']), history.allows(new Snapshot('2001:2001:'), ['users:1'])]).toEqual([
    false,
    true,
  ]);
});

it('announced more than it can tell apart, it is unsure of everything', () => {
  const history = historyFrom('1:1:');
  for (let i = 0; i < 20_010; i += 1) history.announce([`users:${i}`]);
  expect(history.isUnsure(['sales:1'])).toBe(true);
});

const TAGS = ['sales:1', 'sales:2', 'users:1'];

/** A database of a few rows, each with a tag, and who keeps what is read of them. */
class Model {
  readonly rows = new Map(TAGS.map((tag) => [tag, 0]));
  readonly kept: { tag: string; version: number; snapshot: Snapshot }[] = [];
  private readonly running = new Map<number, string>();
  private untold: ToldChange[] = [];
  private next = 10;
  readonly history = historyFrom(this.snapshot());

  snapshot(): string {
    const xids = [...this.running.keys()];
    return `${Math.min(this.next, ...xids)}:${this.next}:${xids.join(',')}`;
  }

  begin(pick: number): void {
    this.running.set(this.next, TAGS[pick % TAGS.length] ?? '');
    this.next += 1;
  }

  commit(pick: number): void {
    const chosen = [...this.running][pick % Math.max(1, this.running.size)];
    if (chosen === undefined) return;
    const [xid, tag] = chosen;
    this.running.delete(xid);
    this.rows.set(tag, (this.rows.get(tag) ?? 0) + 1);
    this.untold.push([tag, String(xid)]);
  }

  ask(): void {
    this.history.learn(this.history.mark(), this.snapshot(), this.untold);
    this.untold = [];
  }

  read(pick: number): void {
    const { snapshot } = this.history;
    const tag = TAGS[pick % TAGS.length] ?? '';
    if (snapshot !== undefined) this.kept.push({ tag, version: this.rows.get(tag) ?? 0, snapshot });
  }
}

it('never allows what misses a change that was committed before the last question, whatever the order of things', () => {
  const acts = ['begin', 'begin', 'commit', 'commit', 'ask', 'read'] as const;
  const act = fc.constantFrom(...acts);
  fc.assert(
    // As many as leave changes of a tag that are not told apart.
    fc.property(fc.array(fc.record({ act, pick: fc.nat(1_000) }), { minLength: 300, maxLength: 600 }), (steps) => {
      const model = new Model();
      for (const { act: what, pick } of steps) model[what](pick);
      model.ask();
      for (const { tag, version, snapshot } of model.kept) {
        if (model.history.allows(snapshot, [tag])) expect(version).toBe(model.rows.get(tag));
      }
      const fresh = new Snapshot(model.snapshot());
      for (const tag of TAGS) expect(model.history.allows(fresh, [tag])).toBe(true);
    }),
  );
});
