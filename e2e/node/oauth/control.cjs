// What tests ask a provider outside its protocol: to issue a refresh token without a browser,
// how refresh tokens were used, and to leave a refresh without an answer.
"use strict";

// Adds itself to a provider, before its own routes.
function control(provider, clientId) {
  const uses = new Map(); // of refresh tokens, answered or not
  const seen = { refreshed: 0, refused: 0, reused: 0, held: 0 };
  let hold = ""; // the next refresh: "before" or "after" it counts

  const count = (token, status) => {
    uses.set(token, (uses.get(token) ?? 0) + 1);
    if (uses.get(token) > 1) seen.reused++;
    if (status === 200) seen.refreshed++;
    else seen.refused++;
  };

  async function issue(accountId) {
    const grant = new provider.Grant({ accountId, clientId });
    grant.addOIDCScope("openid offline_access crm");
    const client = await provider.Client.find(clientId);
    const token = new provider.RefreshToken({
      accountId, client, grantId: await grant.save(), gty: "authorization_code", scope: "openid offline_access crm",
    });
    return token.save();
  }

  const forever = () => {
    seen.held++;
    return new Promise(() => {});
  };

  provider.use(async (ctx, next) => {
    const { path, query } = ctx;
    if (path === "/test/issue") ctx.body = await issue(query.account);
    else if (path === "/test/seen") ctx.body = seen;
    else if (path === "/test/hold") ctx.body = hold = query.when;
    else if (path !== "/token") await next();
    else {
      const when = hold;
      hold = "";
      if (when === "before") await forever();
      await next();
      const token = ctx.oidc?.params?.refresh_token;
      if (token) count(token, ctx.status);
      if (when === "after") await forever();
    }
  });
}

module.exports = { control };
