import { leadsTo, type Step, stepFrom, toMermaid, toTable } from './lifecycle.js';

const STEPS: readonly Step[] = [
  { on: 'begin', by: 'anyone', from: null, to: 'open', guards: [], effects: ['take_note'] },
  { on: 'look_at', by: 'staff', from: 'open', to: 'open', guards: [], effects: [] },
  { on: 'close', by: 'staff', from: 'open', to: 'closed', guards: ['is_read', 'is_dry'], effects: [] },
  { on: 'expire', by: 'the shop', from: 'open', to: 'closed', guards: [], effects: [] },
];

it('knows where an act leads from a status, and that it leads nowhere from others', () => {
  expect(stepFrom(STEPS, 'open', 'close')?.to).toBe('closed');
  expect(stepFrom(STEPS, 'closed', 'close')).toBeUndefined();
  expect([leadsTo(STEPS, 'open', 'closed'), leadsTo(STEPS, 'closed', 'open')]).toEqual([true, false]);
});

it('is drawn with an arrow for each change, and an end where nothing leads on', () => {
  expect(toMermaid(STEPS)).toBe(`stateDiagram-v2
  [*] --> open: begin
  open --> open: look at
  open --> closed: close, expire
  closed --> [*]`);
});

it('is written as a row a step', () => {
  expect(toTable(STEPS).split('\n')).toEqual([
    '| act | by | from | to | only if | and then |',
    '|---|---|---|---|---|---|',
    '| begin | anyone | – | open | – | take note |',
    '| look at | staff | open | open | – | – |',
    '| close | staff | open | closed | is read, is dry | – |',
    '| expire | the shop | open | closed | – | – |',
  ]);
});
