// Package e2e runs the vendors' unmodified SDKs, plain HTTP and plain gRPC against a
// running holdplane: as one process, as two, and on PostgreSQL and Redis. Each of these
// ends with `holdplane verify`, which must find nothing.
//
// The tests build the binary, or take the one that HOLDPLANE_BIN names, and install the
// SDKs by install.sh. The scripts under python and node are ordinary tests of these
// languages that read their settings from variables: BASE_URL; of root keys UNKEY_ROOT_KEY,
// READER_KEY and OTHER_KEY; where a tenant has an application APIDECK_*, and PROVIDER_* of an
// OAuth server that the tests start, too; where a tenant has people CONTABO_* and OS_*, as the products'
// own tools name them, and what else is there, such as OWNER_ID and HELPER_NAME; and of an
// object storage ENDPOINT_URL, REGION, ACCESS_KEY and SECRET_KEY. gophercloud's tests, which
// read OS_*, are a module of their own.
package e2e
