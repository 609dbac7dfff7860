import { askUntil } from './ask-until.js';

it('asks until there is an answer, and not once more', async () => {
  let asked = 0;
  const answer = await askUntil(10, 1, async () => {
    asked += 1;
    return asked === 3 ? 'there' : undefined;
  });
  expect([answer, asked]).toEqual(['there', 3]);
});

it('gives up after so many questions', async () => {
  let asked = 0;
  const answer = await askUntil(4, 1, async () => {
    asked += 1;
    return undefined;
  });
  expect([answer, asked]).toEqual([undefined, 4]);
});

it('hands on what goes wrong at once', async () => {
  let asked = 0;
  const failing = askUntil(4, 1, () => {
    asked += 1;
    return Promise.reject(new Error('refused'));
  });
  await expect(failing).rejects.toThrow('refused');
  expect(asked).toBe(1);
});
