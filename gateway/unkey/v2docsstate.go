package unkey

// missingDocs explain what is not there. Foreign things are not there either.
var missingDocs = []doc{
	{
		kind: kindNotFound, title: "There is nothing at this path, or under this id.",
		cause:  "The path is misspelled, or the object never existed, was deleted, or belongs to another workspace.",
		fix:    "Paths are case-sensitive and end without a slash. Check the id and the root key's workspace.",
		detail: "nothing is served at this path",
	},
	{
		kind: kindElsewhere, title: "This part of the API is not available here.",
		cause:  "Analytics, deployments and what belongs to them exist at Unkey's own platform only.",
		fix:    "Do without, or call Unkey for it. Repeating the request gives the same answer.",
		detail: "analytics is not available here: verifications are not recorded",
	},
	missing(kindIdentityUnknown, "identity", "by its id or its external id"),
	missing(kindNamespaceUnknown, "namespace", "by its id or its name"),
	missing(kindOverrideUnknown, "override", "by its namespace and the identifier it was set for, to the letter"),
	missing(kindAPIUnknown, "API", "by its id"),
	missing(kindKeyUnknown, "key", "by its id; whoami finds it by its secret"),
	missing(kindPermissionUnknown, "permission", "by its id or its slug"),
	missing(kindRoleUnknown, "role", "by its id or its name"),
}

func missing(k kind, what, by string) doc {
	return doc{
		kind: k, title: "There is no such " + what + ".",
		cause:  "It never existed, was deleted, or belongs to another workspace.",
		fix:    "Name it " + by + ", and check the root key's workspace.",
		detail: "…",
	}
}

// stateDocs explain what contradicts the state that things are in.
var stateDocs = []doc{
	{
		kind: kindConflict, title: "The request contradicts what is there.",
		cause:  "Something changed meanwhile, or is there already.",
		fix:    "Read what is there, and decide anew.",
		detail: "…",
	},
	taken(kindIdentityTaken, "An identity", "external id"),
	taken(kindKeyTaken, "A key", "hash"),
	taken(kindPermissionTaken, "A permission", "slug"),
	taken(kindRoleTaken, "A role", "name"),
	{
		kind: kindPrecondition, title: "Something has to be changed first.",
		cause:  "The object is in a state that does not allow the operation; or verifyKey names a rate limit that neither the key nor its identity has.",
		fix:    "The detail says what to change. A rate limit can come with the request: give it both limit and duration.",
		detail: "…",
	},
	{
		kind: kindProtected, title: "The object is protected against deletion.",
		cause:  "Somebody who wants it to stay has protected it.",
		fix:    "Lift the protection first, if you are sure. Nothing was deleted.",
		detail: "…",
	},
}

func taken(k kind, what, by string) doc {
	return doc{
		kind: k, title: what + " with this " + by + " is there already.",
		cause:  "Each " + by + " is used once in a workspace. After a lost answer a repeated create ends here, too: the first one succeeded.",
		fix:    "Use what is there, or choose another " + by + ".",
		detail: "…",
	}
}
