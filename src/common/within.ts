/** What {@link within} gives where an answer took too long. */
export const TOO_LATE = Symbol('too late');

/** Waits for an answer, but not longer than a time; the work itself goes on and its failure is swallowed then. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | typeof TOO_LATE> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<typeof TOO_LATE>((resolve) => {
    timer = setTimeout(() => resolve(TOO_LATE), milliseconds).unref();
  });
  try {
    work.catch(() => undefined);
    return await Promise.race([work, bound]);
  } finally {
    clearTimeout(timer);
  }
}
