// Package catalog knows the providers that end users connect to.
//
// Each is a connector: how its credentials are got, what the end user is asked, where its
// OAuth endpoints are. Connectors stand in YAML files, those of this package and those of
// operators, and are read once at the start. Whatever in a file is not right stops the
// start, with a line that says where it is and what to change.
//
// Operators' files add connectors and change shipped ones: a document with a service_id
// that a lower layer has replaces the keys it gives. The keys below oauth and resources
// count one by one; lists and mappings of texts (fields, scopes, authorize_params, the
// two of copy) are replaced as a whole. The shipped files are one layer, each path given to
// Load is another above it; within a layer a service_id stands once. The outcome is checked
// as a whole.
//
// # URLs
//
// URLs have {name}s, in whose places settings come: values from end users, and from
// providers. A wrong one would send codes and secrets to a stranger, so
//
//   - a name is that of a field that is no secret, or of a copied value;
//   - in a host a value is one label, unless its field has options or a pattern, then it
//     may be several; a URL that begins with a name takes https:// and a host from it;
//   - the host ends in a domain, two labels at least, that the file gives: as it stands, or
//     as the end of each option or of whatever a field's pattern matches;
//   - no name stands in a port, and no URL has user information or a fragment;
//   - in path and query values are escaped, in parameters the caller does that;
//   - a copied value that no field describes is a plain word, never a URL or a host.
//
// "a || b" is b where a setting that a needs has no value. A value that is there and wrong
// is an error, not a reason for b. With allow_addresses, which says that private networks
// may be reached, hosts have no {name}s at all, and http is allowed, in fields of type url too.
//
// # Where the schema leaves it open
//
//   - A file may leave out status (live), field type (text), and in oauth everything that
//     the comments of OAuth name a value for.
//   - Fields may also have default, placeholder, description, prefix, suffix, hidden,
//     disabled, deprecated and allow_custom_values. Options are texts or {label, value};
//     groups are not for catalogs.
//   - Secrets are of type text, or of type textarea if they have lines.
//   - The password grant takes the fields username and password, credentials_source:
//     connection the fields client_id and client_secret.
//   - What an authorize URL, and a token URL of the code grant, take without alternative is
//     under required_for_authorization, has a default, or comes with the callback.
//   - Only live connectors must be complete for their auth_type. An overlay cannot take
//     oauth away: what has another auth_type needs a service_id of its own.
//   - Unified APIs are a closed list. Anchors, aliases and null values are refused.
//   - Tokens are copied by member names, and a dot descends: team.id.
package catalog
