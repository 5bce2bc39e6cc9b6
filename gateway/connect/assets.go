package connect

import (
	"fmt"
	"net/http"
	"strings"
)

// asset is what pages load, and other sites' pages with /vault.js.
type asset struct {
	contentType string
	body        []byte
}

// readAssets returns them by their paths.
func readAssets() (map[string]asset, error) {
	all := map[string]asset{}
	for path, name := range map[string]string{
		scriptPath: "vault.js", assetsPath + "/connect.js": "connect.js", assetsPath + "/connect.css": "connect.css",
	} {
		body, err := files.ReadFile("assets/" + name)
		if err != nil {
			return nil, fmt.Errorf("connect: read %s: %w", name, err)
		}
		a := asset{contentType: "text/javascript; charset=utf-8", body: body}
		if strings.HasSuffix(name, ".css") {
			a.contentType = "text/css; charset=utf-8"
		}
		all[path] = a
	}
	return all, nil
}

// asset answers with one. It holds nothing secret, and is the same for everybody.
func (s *site) asset(v *visit) error {
	if err := v.only(http.MethodGet); err != nil {
		return err
	}
	a, ok := s.assets[v.r.URL.Path]
	if !ok {
		shade, found := strings.CutPrefix(v.r.URL.Path, assetsPath+"/color/")
		if a.body, ok = shadeSheet(strings.TrimSuffix(shade, ".css")); !found || !ok {
			return errUnknown
		}
		a.contentType = "text/css; charset=utf-8"
	}
	h := v.w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // for pages that load nothing else from other hosts
	_, err := v.w.Write(a.body)
	return err
}
