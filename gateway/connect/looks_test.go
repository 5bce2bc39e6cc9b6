package connect_test

import (
	"context"
	"testing"
)

func looks(t *testing.T, browser context.Context)   {}
func hostile(t *testing.T, browser context.Context) {}
