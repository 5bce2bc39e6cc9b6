// ApideckVault opens the page on which customers connect services, over a page of yours:
//
//   <script src="https://holdplane.example.com/vault.js"></script>
//   ApideckVault.open({token: session_token, onClose: () => …})
//
// The options and callbacks are those of @apideck/vault-js. The page comes from the host that
// this script was loaded from. Your page's origin must be one of your application's.
"use strict";
(() => {
  const script = document.currentScript;
  if (!script || !script.src) {
    throw new Error("vault.js finds its host by its own <script src>: load it with one, and not as a module");
  }
  const home = new URL(".", script.src), words = {en: ["Connections", "Close"], de: ["Verbindungen", "Schließen"]};
  let shown = null; // what takes the page away

  // address is the session's page as the options want it.
  const address = options => {
    let path = "vault/session/" + encodeURIComponent(options.token);
    if (options.unifiedApi && options.serviceId) {
      path += "/" + encodeURIComponent(options.unifiedApi) + "/" + encodeURIComponent(options.serviceId);
    }
    const page = new URL(path, home), query = page.searchParams;
    query.set("frame", "1");
    query.set("origin", location.origin);
    if (options.unifiedApi) query.set("only", options.unifiedApi);
    if (options.locale) query.set("locale", options.locale);
    if (options.showConsumer) query.set("consumer", "1");
    if (options.showLanguageSwitch) query.set("switch", "1");
    return page.href;
  };

  const element = (name, style, rest) => {
    const made = document.createElement(name);
    Object.assign(made.style, style);
    return Object.assign(made, rest);
  };

  const open = options => {
    if (!options || typeof options.token !== "string" || !options.token) {
      throw new TypeError("ApideckVault.open needs the token of a session: open({token})");
    }
    if (shown) shown();
    const [title, close] = words[String(options.locale || "en").slice(0, 2).toLowerCase()] || words.en;
    const dialog = element("dialog", {
      width: "min(34rem, 100vw)", height: "min(48rem, 100vh)", maxWidth: "none", maxHeight: "none",
      margin: "auto", padding: "0", border: "none", borderRadius: "8px", overflow: "hidden", colorScheme: "light dark", background: "Canvas",
    }, {ariaLabel: title});
    const button = element("button", {
      position: "absolute", top: "0", right: "0", width: "44px", height: "44px", border: "none", background: "Canvas",
      color: "CanvasText", font: "24px/1 system-ui, sans-serif", cursor: "pointer",
    }, {type: "button", textContent: "×", ariaLabel: close});
    const frame = element("iframe", {width: "100%", height: "100%", border: "none"}, {
      title, src: address(options), referrerPolicy: "no-referrer",
    });
    frame.allow = "clipboard-write";

    let ready = false;
    const hear = event => {
      if (event.origin !== home.origin || event.source !== frame.contentWindow) return;
      const message = event.data;
      if (message === "on-ready" && !ready) {
        ready = true;
        options.onReady?.();
      } else if (message === "on-close") {
        end();
      } else if (message?.type === "on-connection-change") {
        options.onConnectionChange?.(message.data);
      } else if (message?.type === "on-connection-delete") {
        options.onConnectionDelete?.(message.data);
      }
    };
    const end = () => {
      if (shown !== end) return;
      shown = null;
      removeEventListener("message", hear);
      dialog.close();
      dialog.remove();
      options.onClose?.();
    };
    shown = end;
    addEventListener("message", hear);
    button.addEventListener("click", end);
    dialog.addEventListener("cancel", end);
    dialog.append(frame, button);
    document.body.append(dialog);
    dialog.showModal();
  };

  window.ApideckVault = {open, close: () => shown?.()};
})();
