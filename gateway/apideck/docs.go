package apideck

import "github.com/holdplane/holdplane/gateway"

var docs []gateway.ErrorDoc
