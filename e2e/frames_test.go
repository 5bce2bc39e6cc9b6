package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// attached is the frame ("iframe") or window ("page") at an address that begins so, once a page
// has opened it.
func (b *browser) attached(kind, prefix string) *browser {
	b.t.Helper()
	var found *browser
	eventually(b.t, "the "+kind+" at "+prefix, func() bool {
		all, err := chromedp.Targets(b.ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(i *target.Info) bool { return i.Type == kind && strings.HasPrefix(i.URL, prefix) })
		if i < 0 {
			return false
		}
		ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(all[i].TargetID))
		b.t.Cleanup(cancel)
		found = &browser{t: b.t, ctx: ctx}
		return chromedp.Do(ctx) == nil // begins it; what comes has an end
	})
	return found
}

// do does what leads to no page, or to one that is waited for otherwise.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// shows tells whether a script finds something in the page. While pages come and go there is
// none to ask.
func (b *browser) shows(script string) bool {
	ctx, cancel := context.WithTimeout(b.ctx, time.Second)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+script+")"))
	return err == nil && found
}

// press clicks, as a person does, on what is not where the mouse would look for it: in a frame,
// or in a window that goes away by that.
func (b *browser) press(selector string) {
	b.t.Helper()
	eventually(b.t, selector, func() bool { return b.shows(fmt.Sprintf(`document.querySelector(%q)`, selector)) })
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	gesture := func(p *runtime.EvaluateParams) { p.UserGesture = new(true) }
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](fmt.Sprintf(`setTimeout(() => document.querySelector(%q).click())`, selector), gesture)); err != nil {
		b.t.Fatal(err)
	}
}
