package id_test

import (
	"testing"

	"github.com/holdplane/holdplane/pkg/id"
)

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		id.New("req")
	}
}
