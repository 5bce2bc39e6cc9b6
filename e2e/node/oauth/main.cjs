// A provider of OAuth 2.1 and OpenID Connect that customers connect: oidc-provider 9.13.3 with
// its own pages for people. Refresh tokens rotate; one that is used twice ends the grant. It
// listens on a port of loopback, prints its address, and serves until its input ends.
"use strict";

const { createServer } = require("node:http");
const { pathToFileURL } = require("node:url");

const { control } = require("./control.cjs");

const { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, TOKEN_SECONDS = "3600" } = process.env;

const seconds = Number(TOKEN_SECONDS);
const life = { AccessToken: seconds, ClientCredentials: seconds, RefreshToken: 86400, Grant: 86400, Session: 3600, Interaction: 600 };

const settings = {
  clients: [
    {
      application_type: "native", // whose ports on loopback nobody compares
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      grant_types: ["authorization_code", "refresh_token", "client_credentials"],
      redirect_uris: [REDIRECT_URI],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  cookies: { keys: ["these cookies are only a test's"] },
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: true }, revocation: { enabled: true } },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  issueRefreshToken: () => true,
  pkce: { required: () => true },
  rotateRefreshToken: true,
  scopes: ["openid", "offline_access", "crm"],
  ttl: life,
};

async function main() {
  const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, settings);
  control(provider, CLIENT_ID);
  server.on("request", provider.callback());
  console.log(issuer);
  process.stdin.resume().on("end", () => process.exit());
}

main();
