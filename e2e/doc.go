// Package e2e runs the vendors' unmodified SDKs, plain HTTP and plain gRPC against a
// running holdplane, as one process and as two.
//
// The tests build the binary, or take the one that HOLDPLANE_BIN names, and install the
// SDKs by install.sh. The scripts under python and node are ordinary tests of these
// languages that read BASE_URL, UNKEY_ROOT_KEY, READER_KEY and OTHER_KEY.
package e2e
