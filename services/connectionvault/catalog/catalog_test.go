package catalog_test

import ("testing";"github.com/holdplane/holdplane/services/connectionvault/catalog")

func TestLoads(t *testing.T) { c, err := catalog.Load(); if err != nil { t.Fatal(err) }; t.Log(c.Len()) }
