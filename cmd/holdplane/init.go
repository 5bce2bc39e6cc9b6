package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

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
	_, err := seal.CreateMasterFile(c.MasterKey)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already and stays as it is; use it with holdplane serve, or name another --master-key-file", c.MasterKey)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, `Made %[1]s and the master key %[2]s.
Keep a copy of the key in a safe place, apart from backups of the data: without it the data can't be read.

Go on with:
  holdplane serve --data-dir %[1]s --master-key-file %[2]s
and, while it runs:
  holdplane tenants create acme --data-dir %[1]s
  holdplane keys create --tenant acme%[3]s --data-dir %[1]s
  holdplane audit --tenant acme --data-dir %[1]s
`, c.DataDir, c.MasterKey, permissionFlags())
	return err
}

// permissionFlags ask for a key that may do everything, as a shell takes them.
func permissionFlags() string {
	var b strings.Builder
	for _, p := range allPermissions() {
		b.WriteString(" --permission " + quote(p))
	}
	return b.String()
}
