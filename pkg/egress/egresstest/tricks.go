package egresstest

// tricks are URLs that are wrong in more than the spelling of an address.
func tricks() []Case {
	const p = PublicHost
	return []Case{
		{"alias of a name that leads inside", "https://alias.example.com/"},
		{"name in capitals", "https://LOCALHOST/"},
		{"name with a dot", "https://localhost./"},
		{"name in wide letters", "https://ｌｏｃａｌｈｏｓｔ/"},
		{"name with a Kelvin sign", "https://\u212aube.example.com/"},
		{"unknown name", "https://unknown.example.com/"},
		{"http", "http://" + p + "/"},
		{"http on 443", "http://" + p + ":443/"},
		{"ftp", "ftp://" + p + "/"},
		{"file", "file:///etc/passwd"},
		{"file of a host", "file://" + p + "/etc/passwd"},
		{"gopher", "gopher://127.0.0.1:6379/_INFO"},
		{"unix", "unix:///var/run/docker.sock"},
		{"http+unix", "http+unix://%2Fvar%2Frun%2Fdocker.sock/info"},
		{"data", "data:text/plain,x"},
		{"javascript", "javascript:alert(1)"},
		{"websocket", "wss://" + p + "/"},
		{"no slashes", "https:" + p},
		{"one slash", "https:/" + p},
		{"three slashes", "https:///" + p},
		{"four slashes", "https:////" + p},
		{"backslashes", `https:\\` + p},
		{"no host", "https://"},
		{"port alone", "https://:443/"},
		{"dot", "https://./"},
		{"empty label", "https://public..example.com/"},
		{"leading dot", "https://." + p + "/"},
		{"dot at the end", "https://" + p + "./"},
		{"hyphen first", "https://-public.example.com/"},
		{"asterisk", "https://*.example.com/"},
		{"comma", "https://127.0.0.1," + p + "/"},
		{"label too long", "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com/"},
		{"short name", "https://redis/"},
		{"port 22", "https://" + p + ":22/"},
		{"port 80", "https://" + p + ":80/"},
		{"port 6379", "https://" + p + ":6379/"},
		{"port 0", "https://" + p + ":0/"},
		{"port that wraps to 443", "https://" + p + ":65979/"},
		{"negative port", "https://" + p + ":-443/"},
		{"port in hex", "https://" + p + ":0x1bb/"},
		{"two ports", "https://" + p + ":443:22/"},
		{"port in wide digits", "https://" + p + ":４４３/"},
		{"user", "https://user@" + p + "/"},
		{"empty user", "https://@" + p + "/"},
		{"user and password", "https://user:password@" + p + "/"},
		{"fragment", "https://" + p + "/#fragment"},
		{"NUL", "https://" + p + "/\x00"},
		{"half an escape", "https://" + p + "/%zz"},
		{"unclosed bracket", "https://[::1/"},
		{"template", "https://{host}/"},
		{"template with a dollar", "https://${connectionConfig.host}/"},
	}
}

// unsendable are URLs that mean something else in a Location header: there they are
// relative, or lose their spaces.
func unsendable() []Case {
	const p = PublicHost
	return []Case{
		{"empty", ""},
		{"no scheme", p},
		{"no scheme but slashes", "//" + p + "/"},
		{"path alone", "/etc/passwd"},
		{"leading space", " https://" + p + "/"},
		{"leading tab", "\thttps://" + p + "/"},
		{"line break", "https://" + p + "/\r\nX-Header: 1"},
	}
}
