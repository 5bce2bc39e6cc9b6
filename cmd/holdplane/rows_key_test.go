package main

// keyRows are those of APIs and keys.
var keyRows = map[string]row{}
