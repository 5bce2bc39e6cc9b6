package connect

import "net/http"

// backPage is the body of the page to which providers lead back.
type backPage struct{ Refused bool }

// back is the same page for everybody: what has happened is in the address, behind the # or
// before, and the page's script takes it to where it was begun. It repeats none of it, for
// anybody can make such an address.
func (s *site) back(v *visit) error {
	if err := v.only(http.MethodGet); err != nil {
		return err
	}
	p := backPage{Refused: v.query.Has("error")}
	return v.show(http.StatusOK, "back", v.words().Back, p)
}
