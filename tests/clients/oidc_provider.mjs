// An OpenID Connect provider on a free port: prints its issuer, and ends with its standard input.
// Who signs in is whoever the form names: their e-mail is that name, verified unless it begins with "unverified".
import http from 'node:http';
import { Provider } from 'oidc-provider';

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'afterclick',
        client_secret: 'a secret: of two/words',
        redirect_uris: ['http://127.0.0.1/sign-in/oidc/done'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['only for tests'] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: sub, email_verified: !sub.startsWith('unverified'), name: 'Jana Nov' }),
    }),
  });
  // The app under test stands on a port of its own, unknown when the provider starts.
  provider.Client.prototype.redirectUriAllowed = (uri) =>
    /^http:\/\/127\.0\.0\.1:\d+\/sign-in\/oidc\/done$/.test(uri);
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.on('end', () => process.exit());
process.stdin.resume();
