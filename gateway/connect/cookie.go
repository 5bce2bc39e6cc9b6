package connect

import (
	"net/http"
	"time"
)

// cookieLife is how long an authorization may take.
const cookieLife = 10 * time.Minute

// cookieName has the prefix, where it can, that keeps other hosts of the domain from setting
// the cookie.
func (s *site) cookieName() string {
	if s.secure {
		return "__Host-holdplane_vault"
	}
	return "holdplane_vault"
}

// cookie is what the browser's says; nothing when it has none, or several: another host or
// path may have set one of them.
func (v *visit) cookie() string {
	if all := v.r.CookiesNamed(v.cookieName()); len(all) == 1 {
		return all[0].Value
	}
	return ""
}

// setCookie binds the browser to what it begins; an empty value ends that.
func (v *visit) setCookie(value string) {
	c := &http.Cookie{
		Name: v.cookieName(), Value: value, Path: "/", MaxAge: int(cookieLife.Seconds()),
		Secure: v.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}
