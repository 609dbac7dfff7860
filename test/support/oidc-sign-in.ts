import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The address that the shop has at the provider; what is sent there is taken to the shop under test. */
export const CALLBACK = 'https://shop.example/api/users/oidc/callback';

export interface TestProvider {
  readonly issuer: string;
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts an OpenID provider that knows the shop. */
export async function startProvider(): Promise<TestProvider> {
  const script = resolve('test/support/oidc-provider.mjs');
  const child = spawn(process.execPath, [script, CALLBACK], { stdio: ['pipe', 'pipe', 'ignore'] });
  const issuer = await firstLine(child);
  return {
    issuer,
    settings: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'tradepost',
      OIDC_CLIENT_SECRET: 'a secret: with / signs + and % more',
      PUBLIC_URL: 'https://shop.example',
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The provider has no output.');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('The provider did not start.');
}

/** What a storefront keeps, and the challenge that it begins a sign-in with (RFC 7636, appendix B). */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** What a provider says of somebody. */
export interface Claims {
  readonly sub: string;
  readonly email?: string | undefined;
  readonly email_verified?: boolean | undefined;
  readonly name?: string | undefined;
}

/** A browser of its own: it keeps cookies by name and follows nothing unasked. */
class Browser {
  private readonly cookies = new Map<string, string>();

  async send(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
    const answer = await fetch(url, { ...body, headers: { cookie }, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=', 2);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

/**
 * Does what a person does at the provider, from the address that the shop sent them to until they are sent back.
 * @param claims who they say they are; null for one who thinks better of it
 * @returns the address that they are sent back to
 */
export async function signInAt(address: string, claims: Claims | null): Promise<URL> {
  const browser = new Browser();
  if (claims !== null) {
    await fetch(new URL(`/people/${claims.sub}`, address), { method: 'PUT', body: JSON.stringify(claims) });
  }
  let url = address;
  // To the login, on to the consent, and back.
  for (let step = 0; step < 10; step += 1) {
    const answer = await browser.send(url);
    const location = answer.headers.get('location');
    if (location === null) url = await submit(browser, url, await answer.text(), claims);
    else url = new URL(location, url).href;
    if (url.startsWith(CALLBACK)) return new URL(url);
  }
  throw new Error('The provider never sent anybody back.');
}

async function submit(browser: Browser, url: string, page: string, claims: Claims | null): Promise<string> {
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
  if (prompt === undefined) throw new Error(`The provider shows something else: ${page}`);
  const login = { prompt, login: claims?.sub ?? '', password: 'whatever' };
  const answer = claims === null ? await browser.send(`${url}/abort`) : await browser.send(url, login);
  return new URL(answer.headers.get('location') ?? '', url).href;
}
