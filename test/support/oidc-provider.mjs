import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import Provider from 'oidc-provider';

/**
 * A real OpenID provider on loopback, in a process of its own: `node oidc-provider.mjs <redirect URI>`. Prints its
 * issuer and ends with its standard input. Who there is, and what it says of them, is told by `PUT /people/<sub>`.
 */
const people = new Map();
const server = createServer();
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'tradepost',
      client_secret: 'a secret: with / signs + and % more',
      redirect_uris: [process.argv[2]],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'provider' }] },
  cookies: { keys: ['for a test'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
});
const answer = provider.callback();
server.on('request', async (request, response) => {
  const [, folder, sub] = request.url.split('/');
  if (folder !== 'people') return answer(request, response);
  people.set(sub, await json(request));
  return response.end();
});
console.log(issuer);
process.stdin.resume();
process.stdin.once('end', () => process.exit());
