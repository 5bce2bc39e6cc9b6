package main

import (
	"bytes"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/pgkv"
)

// inPostgres reads every key and value of every service.
func (p *planting) inPostgres() {
	for _, spec := range services {
		store, err := pgkv.Open(p.t.Context(), pgkv.Options{DSN: p.postgres, Schema: schemaOf(spec.name)})
		if err != nil {
			p.t.Fatal(err)
		}
		var kept bytes.Buffer
		err = store.View(p.t.Context(), func(tx kv.Reader) error {
			kept.Reset() // it may run twice
			for e, err := range tx.Scan(kv.Range{}) {
				if err != nil {
					return err
				}
				kept.Write(append(append(append(e.Key, ' '), e.Value...), '\n'))
			}
			return nil
		})
		if err != nil {
			p.t.Error(err)
		}
		if err := store.Close(); err != nil {
			p.t.Error(err)
		}
		p.written["PostgreSQL's "+spec.name] = kept.Bytes()
	}
}
