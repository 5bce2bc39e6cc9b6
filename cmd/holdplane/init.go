package main

import (
	"fmt"

	"github.com/holdplane/holdplane/pkg/seal"
)

// initCmd prepares a machine for serve.
type initCmd struct {
	DataDir   string `name:"data-dir" env:"HOLDPLANE_DATA_DIR" required:"" help:"Folder to make for the embedded stores, for this user only."`
	MasterKey string `name:"master-key-file" env:"HOLDPLANE_MASTER_KEY_FILE" required:"" help:"File to make for the master key. Keep it outside the data folder and its backups, and keep a copy: without it the data is lost."`
}

func (c *initCmd) Run(t *terminal) error {
	if err := makeDataDir(c.DataDir); err != nil {
		return err
	}
	if _, err := seal.CreateMasterFile(c.MasterKey); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, `Made %[1]s and the master key %[2]s.
Keep a copy of the key in a safe place, apart from backups of the data: without it the data can't be read.

Go on with:
  holdplane serve --data-dir %[1]s --master-key-file %[2]s
and, while it runs:
  holdplane tenants create acme --data-dir %[1]s
  holdplane keys create --tenant acme --permission '*' --data-dir %[1]s
`, c.DataDir, c.MasterKey)
	return err
}
