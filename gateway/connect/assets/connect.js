// What the pages can't do without a script: to confirm what a provider's page has sent back in
// an address, and to tell a page around them what happens.
"use strict";
(() => {
  const begun = "holdplane.connect";
  const find = selector => document.querySelector(selector);
  const framed = document.body.dataset.frame === "1";
  const around = window.parent !== window ? window.parent : window.opener;

  const tell = message => {
    if (!around) return;
    for (const origin of document.body.dataset.audience.split(" ")) {
      if (origin) around.postMessage(message, origin);
    }
  };

  // remembered is what this tab has begun; nothing when that is not to be known.
  const remembered = () => {
    try {
      return JSON.parse(sessionStorage.getItem(begun));
    } catch {
      return null;
    }
  };

  const at = (page, done) => {
    const address = new URL(page, location.origin);
    if (done) address.searchParams.set("done", done);
    return address.href;
  };

  const confirm = (page, proof, token) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = page;
    for (const [name, value] of Object.entries({action: "confirm", proof, confirm_token: token})) {
      const input = document.createElement("input");
      Object.assign(input, {type: "hidden", name, value});
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  };

  // onward leaves for another host, and keeps in mind what for.
  const onward = find("#onward");
  if (onward) {
    const {nonce, page, proof} = onward.dataset;
    if (nonce) {
      try {
        sessionStorage.setItem(begun, JSON.stringify({nonce, page, proof, framed}));
      } catch {
        // A browser that keeps nothing says so when it comes back.
      }
    }
    location.replace(onward.href);
  }

  // back has come from a provider.
  const back = () => {
    const query = new URLSearchParams(location.search), fragment = new URLSearchParams(location.hash.slice(1));
    history.replaceState(null, "", location.pathname); // neither histories nor reloads get it
    const was = remembered(), token = fragment.get("confirm_token"), nonce = fragment.get("nonce");
    try {
      sessionStorage.removeItem(begun);
    } catch {
      // there was nothing, then
    }
    const refused = !token;
    const finish = () => {
      if (!was || !refused && was.nonce !== nonce) {
        find("#back").hidden = true;
        find("#strange").hidden = false;
      } else if (refused) {
        location.replace(at(was.page, "refused"));
      } else {
        const form = find("#back form");
        form.setAttribute("action", was.page); // form.action is a field
        form.elements.proof.value = was.proof;
        form.elements.confirm_token.value = token;
        form.hidden = false;
        form.submit();
      }
    };
    if (!was || !was.framed || !window.opener) return finish();
    // The frame that has opened this window goes on there, unless it is gone.
    const late = setTimeout(finish, 3000);
    addEventListener("message", event => {
      if (event.origin !== location.origin || event.source !== window.opener || event.data !== "oauth_received") return;
      clearTimeout(late);
      find("#back").hidden = true;
      find("#close").hidden = false;
      window.close();
    });
    const serviceId = fragment.get("service_id") || query.get("service_id") || undefined;
    window.opener.postMessage(refused
      ? {type: "oauth_error", error: query.get("error") || "", errorDescription: query.get("error_description") || "", serviceId}
      : {type: "oauth_complete", nonce, confirmToken: token, serviceId, success: true}, location.origin);
  };
  if (find("#back")) back();

  // A provider's page can't be framed: it opens beside the frame.
  const connect = find("form[data-connect]");
  if (connect && framed) {
    const page = connect.getAttribute("action"), {nonce, proof} = connect.elements;
    let beside = null;
    connect.addEventListener("submit", () => {
      beside = window.open("", "holdplane-connect", "popup,width=600,height=760");
      connect.target = beside ? "holdplane-connect" : "_blank";
      const look = setInterval(() => {
        if (beside && !beside.closed) return;
        clearInterval(look); // what happens there is not told here: look when somebody is back
        for (const name of ["focus", "pointermove"]) addEventListener(name, () => location.reload(), {once: true});
      }, 500);
    });
    addEventListener("message", event => {
      if (!beside || event.origin !== location.origin || event.source !== beside) return;
      const message = event.data || {};
      if (message.type === "oauth_complete" && message.nonce === nonce.value) {
        beside.postMessage("oauth_received", location.origin);
        confirm(page, proof.value, message.confirmToken);
      } else if (message.type === "oauth_error") {
        beside.postMessage("oauth_received", location.origin);
        location.replace(at(page, "refused"));
      }
    });
  }

  // Whoever is around the page hears of it.
  const event = find("[data-event]");
  if (event) {
    tell({type: "on-connection-" + event.dataset.event, data: JSON.parse(event.dataset.connection)});
    const address = new URL(location.href);
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }
  if (framed) {
    tell("on-ready");
    addEventListener("keydown", pressed => {
      if (pressed.key === "Escape" && !pressed.defaultPrevented) tell("on-close");
    });
    if (event && event.dataset.finish) tell("on-close");
  }
})();
